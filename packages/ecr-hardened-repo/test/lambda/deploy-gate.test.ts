import { ScanStatus } from '@aws-sdk/client-ecr';
import { Failure } from '../scripted-aws';
import { basic, clean, digest, found, GateHarness, image, index, scan } from './gate-fixtures';

const gate = new GateHarness();
beforeAll(() => gate.start());
afterAll(() => gate.stop());

const PASSED = { Status: 'SUCCESS', Reason: `nothing counts against ${digest('a')}` };

/** Runs the check of an image of one platform, of which the scan answers this. */
const runScan = (...DescribeImageScanFindings: (object | Failure)[]) =>
  gate.runCheck({ BatchGetImage: [image()], DescribeImageScanFindings: DescribeImageScanFindings as Failure[] });

describe('the check of an image', () => {
  test('passes when its scan has found nothing', async () => {
    expect(await runScan(clean)).toMatchObject(PASSED);
    expect(gate.aws.calls[0].body).toMatchObject({
      registryId: '111122223333',
      repositoryName: 'shop/web',
      imageIds: [{ imageTag: 'v1.4.2' }],
    });
    expect(gate.aws.calls[1].body).toMatchObject({ imageId: { imageDigest: digest('a') } });
  });

  test('takes a digest', async () => {
    await gate.runCheck(
      { BatchGetImage: [image()], DescribeImageScanFindings: [clean] },
      { ResourceProperties: { Image: digest('a') } },
    );
    expect(gate.aws.calls[0].body).toMatchObject({ imageIds: [{ imageDigest: digest('a') }] });
  });

  test('passes findings below the severity, and accepted ones', async () => {
    expect(await runScan(found(basic('CVE-2025-0009', 'MEDIUM'), basic('CVE-2025-0001', 'HIGH')))).toMatchObject(
      PASSED,
    );
    expect(gate.log).toEqual([
      {
        check: 'GateCheck',
        RequestType: 'Create',
        image: 'v1.4.2',
        verdict: 'PASSED',
        reason: PASSED.Reason,
        accepted: [{ id: 'CVE-2025-0001', reason: 'not reachable', expires: '2999-12-31' }],
      },
    ]);
  });

  test('fails with the finding, the worst first, and the acceptance that is over', async () => {
    expect(await runScan(found(basic('CVE-2025-0002', 'HIGH'), basic('CVE-2025-0003', 'CRITICAL')))).toMatchObject({
      Status: 'FAILED',
      Reason:
        'v1.4.2 is not deployed: 2 findings count (HIGH or worse): CVE-2025-0003 CRITICAL in openssl 3.0.1; ' +
        'CVE-2025-0002 HIGH in openssl 3.0.1, accepted until 2020-01-31',
    });
  });

  test('fails with ten findings and the number of the others', async () => {
    const many = Array.from({ length: 30 }, (_, number) => basic(`CVE-2025-1${number}`, 'HIGH'));
    const { Reason } = await runScan(found(...many));

    expect(Reason).toContain('30 findings count (HIGH or worse): CVE-2025-10 HIGH');
    expect(Reason).toMatch(/; and 20 more$/);
    expect(String(Reason).match(/CVE-/g)).toHaveLength(10);
  });

  test("fails within CloudFormation's 4096 bytes", async () => {
    const long = Array.from({ length: 10 }, (_, number) => basic(`CVE-2025-1${number}`, 'HIGH', 'ü"'.repeat(500)));
    expect(await runScan(found(...long))).toMatchObject({ Status: 'FAILED', Reason: expect.stringMatching(/…$/) });
    const bytes = Buffer.byteLength(JSON.stringify(gate.aws.response));
    expect(bytes).toBeLessThanOrEqual(4096);
    expect(bytes).toBeGreaterThan(2500);
  });

  test('reads all pages, of findings of both kinds', async () => {
    const enhanced = { severity: 'CRITICAL', packageVulnerabilityDetails: { vulnerabilityId: 'CVE-2025-0005' } };
    const pages = [
      { ...found(basic('CVE-2025-0004', 'LOW')), nextToken: 'two' },
      { ...scan('COMPLETE', { enhancedFindings: [enhanced] }), nextToken: 'three' },
      found(basic('CVE-2025-0006', 'HIGH')),
    ];
    const { Reason } = await runScan(...pages);

    expect(Reason).toContain('2 findings count (HIGH or worse): CVE-2025-0005 CRITICAL; CVE-2025-0006 HIGH');
    expect(gate.aws.calls.slice(1).map(({ body }) => body.nextToken)).toEqual([undefined, 'two', 'three']);
  });

  test('reads on after an empty page', async () => {
    const empty = { ...scan('COMPLETE', { findings: [], findingSeverityCounts: { LOW: 1 } }), nextToken: 'two' };
    expect(await runScan(empty, found(basic('CVE-2025-0004', 'LOW')))).toMatchObject(PASSED);
    expect(gate.sleeps).toEqual([]);
  });

  test('fails for an image that is not there', async () => {
    expect(await gate.runCheck({ BatchGetImage: [{ failures: [{ failureCode: 'ImageNotFound' }] }] })).toMatchObject({
      Status: 'FAILED',
      Reason: 'v1.4.2 is not deployed: shop/web has no image v1.4.2 (ImageNotFound): push it first',
    });
  });

  test('fails when it is not allowed to look', async () => {
    expect(await runScan(new Failure('AccessDeniedException', 'not authorized'))).toMatchObject({
      Status: 'FAILED',
      Reason: 'v1.4.2 is not deployed: AccessDeniedException: not authorized',
    });
  });
});

describe('an index', () => {
  const platform = (letter: string, architecture: string) => ({
    digest: digest(letter),
    platform: { os: architecture === 'unknown' ? 'unknown' : 'linux', architecture },
  });
  const runIndex = (manifests: object[], scans: Record<string, object>) =>
    gate.runCheck({
      BatchGetImage: [index(manifests)],
      DescribeImageScanFindings: [({ imageId }) => scans[imageId.imageDigest] as Record<string, unknown>],
    });

  test('passes when every platform does, and its attestations are skipped', async () => {
    const attestation = {
      ...platform('e', 'unknown'),
      annotations: { 'vnd.docker.reference.type': 'attestation-manifest' },
    };
    const answer = await runIndex([platform('a', 'amd64'), attestation, platform('b', 'arm64')], {
      [digest('a')]: clean,
      [digest('b')]: clean,
    });

    expect(answer).toMatchObject({
      Status: 'SUCCESS',
      Reason: `nothing counts against ${digest('a')} (linux/amd64), ${digest('b')} (linux/arm64)`,
    });
  });

  test('fails when one platform does', async () => {
    const answer = await runIndex([platform('a', 'amd64'), platform('b', 'arm64')], {
      [digest('a')]: clean,
      [digest('b')]: found(basic('CVE-2025-0003', 'HIGH')),
    });
    expect(answer).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining('1 finding counts') });
  });

  test('fails with the platform that cannot be scanned', async () => {
    const answer = await runIndex([platform('a', 'amd64'), platform('b', 'arm64')], {
      [digest('a')]: clean,
      [digest('b')]: scan('UNSUPPORTED_IMAGE'),
    });
    expect(answer.Reason).toContain(`${digest('b')} (linux/arm64) cannot be checked: UNSUPPORTED_IMAGE`);
  });

  test('does not skip an image that only calls itself an attestation', async () => {
    const disguised = {
      ...platform('a', 'amd64'),
      annotations: { 'vnd.docker.reference.type': 'attestation-manifest' },
    };
    const answer = await runIndex([disguised], { [digest('a')]: found(basic('CVE-2025-0003', 'HIGH')) });
    expect(answer).toMatchObject({ Status: 'FAILED' });
  });

  test('may hold another index', async () => {
    const mediaType = 'application/vnd.oci.image.index.v1+json';
    const answer = await gate.runCheck({
      BatchGetImage: [index([{ digest: digest('b'), mediaType }]), index([platform('a', 'amd64')], 'b')],
      DescribeImageScanFindings: [clean],
    });
    expect(answer).toMatchObject({ Status: 'SUCCESS', Reason: `nothing counts against ${digest('a')} (linux/amd64)` });
    expect(gate.aws.calls[1].body).toMatchObject({ imageIds: [{ imageDigest: digest('b') }] });
  });

  test('fails without an image for any platform', async () => {
    expect((await runIndex([platform('e', 'unknown')], {})).Reason).toBe(
      `v1.4.2 is not deployed: the index ${digest('f')} holds no image for a platform: build it again`,
    );
  });
});

describe('the scan status', () => {
  const FINAL: Record<string, string> = {
    FAILED: 'scan it again (once in 24 hours), or build and push it again',
    UNSUPPORTED_IMAGE: 'build it on an operating system that ECR scans, or turn on enhanced scanning',
    SCAN_ELIGIBILITY_EXPIRED: "push it again, or lengthen Amazon Inspector's re-scan duration",
    FINDINGS_UNAVAILABLE: 'look at its coverage in Amazon Inspector, then push it again',
    LIMIT_EXCEEDED: 'deploy again when the account may scan again',
    IMAGE_ARCHIVED: 'restore it from the archive first',
  };
  const PASSING = ['IN_PROGRESS', 'PENDING'];

  test('is one of those below', () => {
    expect([...Object.keys(FINAL), ...PASSING, 'COMPLETE', 'ACTIVE'].sort()).toEqual(Object.values(ScanStatus).sort());
  });

  test.each(Object.entries(FINAL))('%s fails at once, and says what to do', async (status, nextStep) => {
    expect(await runScan(scan(status), clean)).toMatchObject({
      Status: 'FAILED',
      Reason: `v1.4.2 is not deployed: ${digest('a')} cannot be checked: ${status}: ${nextStep}`,
    });
    expect(gate.sleeps).toEqual([]);
  });

  test.each([...PASSING, 'SOMETHING_NEW', undefined])('%s is waited for', async (status) => {
    expect(await runScan(scan(status), scan(status), clean)).toMatchObject(PASSED);
    expect(gate.sleeps).toEqual([10, 10]);
  });

  test('ACTIVE is waited for until a scan has ended', async () => {
    const enhanced = { enhancedFindings: [], findingSeverityCounts: {} };
    const answer = await runScan(
      scan('ACTIVE', { findings: [] }),
      scan('ACTIVE', enhanced),
      scan('ACTIVE', { ...enhanced, imageScanCompletedAt: 1.8e9 }),
    );
    expect(answer).toMatchObject(PASSED);
    expect(gate.sleeps).toEqual([10, 10]);
  });

  test.each([
    ['no findings at all', undefined],
    ['findings without counts', { findings: [] }],
    ['counts of findings that are not listed', { findings: [], findingSeverityCounts: { CRITICAL: 1 } }],
  ])('COMPLETE is not clean with %s', async (_, findings) => {
    expect(await runScan(scan('COMPLETE', findings))).toMatchObject({
      Status: 'FAILED',
      Reason:
        'v1.4.2 is not deployed: the scan did not end within 60 s: ' +
        `${digest('a')}: COMPLETE, but neither findings nor their counts`,
    });
  });

  test('fails when the scan does not end in time', async () => {
    expect(await runScan({ imageScanStatus: { status: 'PENDING', description: 'in the queue' } })).toMatchObject({
      Status: 'FAILED',
      Reason: `v1.4.2 is not deployed: the scan did not end within 60 s: ${digest('a')}: PENDING: in the queue`,
    });
    expect(gate.sleeps.reduce((sum, seconds) => sum + seconds)).toBeGreaterThan(59);
    expect(gate.sleeps.reduce((sum, seconds) => sum + seconds)).toBeLessThanOrEqual(60);
  });

  test('is asked for again after an error of the service', async () => {
    expect(await runScan(new Failure('ServerException', 'try later', 500), clean)).toMatchObject(PASSED);
  });
});

describe('an image without a scan', () => {
  const missing = new Failure('ScanNotFoundException');
  const runMissing = (StartImageScan: (object | Failure)[], ...scans: (object | Failure)[]) =>
    gate.runCheck({
      BatchGetImage: [image()],
      DescribeImageScanFindings: [missing, ...scans] as Failure[],
      StartImageScan: StartImageScan as Failure[],
    });

  test('is scanned, once', async () => {
    expect(await runMissing([{}], missing, missing, clean)).toMatchObject(PASSED);
    expect(gate.aws.operations().filter((operation) => operation === 'StartImageScan')).toHaveLength(1);
  });

  test.each(['LimitExceededException', 'ValidationException'])('is waited for after %s', async (name) => {
    expect(await runMissing([new Failure(name)], clean)).toMatchObject(PASSED);
  });

  test('fails in the end when no scan can be started', async () => {
    expect((await runMissing([new Failure('LimitExceededException', 'once a day')])).Reason).toBe(
      `v1.4.2 is not deployed: the scan did not end within 60 s: ${digest('a')}: no scan: once a day`,
    );
  });

  test.each([
    ['UnsupportedImageTypeException', 'build it on an operating system that ECR scans, or turn on enhanced scanning'],
    ['ImageArchivedException', 'restore it from the archive first'],
  ])('fails at once after %s', async (name, nextStep) => {
    expect((await runMissing([new Failure(name, 'no')])).Reason).toBe(
      `v1.4.2 is not deployed: ${digest('a')} cannot be checked: no: ${nextStep}`,
    );
  });

  test('fails when it was deleted meanwhile', async () => {
    expect((await runScan(new Failure('ImageNotFoundException'))).Reason).toBe(
      `v1.4.2 is not deployed: ${digest('a')} cannot be checked: it is not in the repository any more: push it again`,
    );
  });
});

describe('CloudFormation', () => {
  const denied = { BatchGetImage: [image()], DescribeImageScanFindings: [found(basic('CVE-2025-0003', 'HIGH'))] };
  const update = { RequestType: 'Update', PhysicalResourceId: 'GateCheck' };

  test('gets an answer with the ids of its request', async () => {
    await runScan(clean);
    expect(gate.aws.response).toEqual({
      Status: 'SUCCESS',
      Reason: PASSED.Reason,
      PhysicalResourceId: 'GateCheck',
      StackId: 'arn:aws:cloudformation:eu-west-1:111122223333:stack/Shop/1',
      RequestId: 'request',
      LogicalResourceId: 'GateCheck',
    });
  });

  test.each(['UPDATE_IN_PROGRESS', 'UPDATE_ROLLBACK_COMPLETE'])(
    'is stopped while updating: %s',
    async (StackStatus) => {
      expect(await gate.runCheck({ ...denied, DescribeStacks: [{ StackStatus }] }, update)).toMatchObject({
        Status: 'FAILED',
        PhysicalResourceId: 'GateCheck',
      });
    },
  );

  test('is not stopped while rolling back', async () => {
    const DescribeStacks = [{ StackStatus: 'UPDATE_ROLLBACK_IN_PROGRESS' }];
    expect(await gate.runCheck({ ...denied, DescribeStacks }, update)).toMatchObject({
      Status: 'SUCCESS',
      Reason: 'nothing is checked while the stack rolls back',
    });
    expect(gate.aws.calls).toEqual([
      {
        operation: 'DescribeStacks',
        body: expect.objectContaining({ StackName: 'arn:aws:cloudformation:eu-west-1:111122223333:stack/Shop/1' }),
      },
    ]);
    expect(gate.log).toEqual([expect.objectContaining({ reason: 'nothing is checked while the stack rolls back' })]);
  });

  test('is stopped when it does not say whether it rolls back', async () => {
    const answer = await gate.runCheck({ ...denied, DescribeStacks: [new Failure('AccessDenied', 'no')] }, update);
    expect(answer).toMatchObject({
      Status: 'FAILED',
      Reason: expect.stringContaining("the stack's status is not known: AccessDenied: no"),
    });
  });

  test('is not stopped when the check is deleted', async () => {
    expect(await gate.runCheck({}, { ...update, RequestType: 'Delete' })).toMatchObject({ Status: 'SUCCESS' });
    expect(gate.aws.calls).toEqual([]);
  });

  test('fails the function when it does not take the answer', async () => {
    const event = { RequestType: 'Delete', PhysicalResourceId: 'GateCheck', ResponseURL: 'http://127.0.0.1:1/' };
    await expect(gate.runCheck({}, event)).rejects.toThrow('fetch failed');
  });
});
