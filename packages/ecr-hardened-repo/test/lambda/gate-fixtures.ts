import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import type { HookAnswer, HookEvent } from '../../lambda/deploy-gate/deployment';
import { FindingPolicy, FindingSeverity } from '../../src';
import { type Answer, ScriptedAws } from '../scripted-aws';

/** Digest that is easy to recognize, such as `sha256:aaaa…`. */
export const digest = (letter: string) => `sha256:${letter.repeat(64)}`;

export const IMAGE = '111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop/web';
const ECS = 'arn:aws:ecs:eu-west-1:111122223333';
export const TARGET = `${ECS}:service-revision/shop/web/2`;
export const SOURCE = `${ECS}:service-revision/shop/web/1`;

/** HIGH and worse, with one finding accepted for years and one whose acceptance is over. */
const POLICY = FindingPolicy.failOn(FindingSeverity.HIGH, {
  accept: [
    { id: 'CVE-2025-0001', reason: 'not reachable', expires: '2999-12-31' },
    { id: 'CVE-2025-0002', reason: 'fix is coming', expires: '2020-01-31' },
  ],
});

type Handler = (event: HookEvent | CloudFormationCustomResourceEvent) => Promise<HookAnswer | undefined>;

/** The real handler before scripted AWS APIs. Its waits take no time, but move its clock. */
export class GateHarness {
  public readonly aws = new ScriptedAws();
  /** Lines that the handler logged. */
  public readonly log: Record<string, unknown>[] = [];
  /** Seconds that the handler slept, one entry for each sleep. */
  public sleeps: number[] = [];
  private url = '';
  private handler!: Handler;
  private past = 0;

  public async start(): Promise<void> {
    this.url = await this.aws.start();
    Object.assign(process.env, {
      AWS_ENDPOINT_URL: this.url,
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_MAX_ATTEMPTS: '1',
      REPOSITORY_ARN: 'arn:aws:ecr:eu-west-1:111122223333:repository/shop/web',
      POLICY: POLICY._toJson(),
      TIMEOUT_SECONDS: '60',
    });
    const now = Date.now.bind(Date);
    jest.spyOn(Date, 'now').mockImplementation(() => now() + this.past);
    jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined); // the SDK's about Node's version
    jest.doMock('node:timers/promises', () => ({ setTimeout: async (ms: number) => this.sleep(ms) }));
    this.handler = require('../../lambda/deploy-gate').handler;
  }

  public async stop(): Promise<void> {
    jest.restoreAllMocks();
    await this.aws.stop();
  }

  /** Moves the handler's clock. */
  public sleep(ms: number): void {
    this.sleeps.push(ms / 1000);
    this.past += ms;
  }

  /** Runs the handler for CloudFormation; gives what it answered to the response URL. */
  public async runCheck(answers: Record<string, Answer[]>, event: object = {}): Promise<Record<string, unknown>> {
    await this.run(answers, {
      RequestType: 'Create',
      ResponseURL: `${this.url}/answer`,
      StackId: 'arn:aws:cloudformation:eu-west-1:111122223333:stack/Shop/1',
      RequestId: 'request',
      LogicalResourceId: 'GateCheck',
      ResourceProperties: { Image: 'v1.4.2' },
      ...event,
    });
    return this.aws.response ?? {};
  }

  /** Runs the handler for a lifecycle hook of ECS; gives its answer. */
  public async runHook(answers: Record<string, Answer[]>, hookDetails?: object): Promise<HookAnswer | undefined> {
    return this.run(answers, {
      executionId: 'e8d5a28f-eb01-4f3c-9454-a30ba6dc54bc',
      lifecycleStage: 'PRE_SCALE_UP',
      resourceArn: `${ECS}:service-deployment/shop/web/EZe5RNVLH6PPzHXINuP28`,
      executionDetails: {
        serviceArn: `${ECS}:service/shop/web`,
        targetServiceRevisionArn: TARGET,
        testTrafficWeights: {},
        productionTrafficWeights: {},
      },
      ...(hookDetails && { hookDetails }),
    });
  }

  private async run(answers: Record<string, Answer[]>, event: object): Promise<HookAnswer | undefined> {
    this.aws.script(answers);
    this.log.length = 0;
    this.sleeps = [];
    this.past = 0; // the SDK would take a clock that stays ahead for skewed
    const log = jest.spyOn(console, 'log').mockImplementation((line) => this.log.push(JSON.parse(line)));
    try {
      return await this.handler(event as HookEvent);
    } finally {
      log.mockRestore();
    }
  }
}

/** Answer of `BatchGetImage` with an image of one platform. */
export const image = (letter = 'a') => ({
  images: [{ imageId: { imageDigest: digest(letter) }, imageManifest: JSON.stringify({ config: {}, layers: [] }) }],
});

/** Answer of `BatchGetImage` with an index. */
export const index = (manifests: object[], letter = 'f') => ({
  images: [{ imageId: { imageDigest: digest(letter) }, imageManifest: JSON.stringify({ manifests }) }],
});

/** Answer of `DescribeImageScanFindings`. */
export const scan = (status: string | undefined, imageScanFindings?: object, rest: object = {}) => ({
  imageScanStatus: { status },
  imageScanFindings,
  ...rest,
});

/** Answer for a basic scan that found nothing. */
export const clean = scan('COMPLETE', { findings: [], findingSeverityCounts: {}, imageScanCompletedAt: 1.8e9 });

/** A finding of basic scanning. */
export const basic = (name: string, severity: string, packageName = 'openssl') => ({
  name,
  severity,
  attributes: [
    { key: 'package_name', value: packageName },
    { key: 'package_version', value: '3.0.1' },
  ],
});

/** Answer for a basic scan with findings. */
export const found = (...findings: object[]) => scan('COMPLETE', { findings, findingSeverityCounts: { HIGH: 1 } });
