import { basic, clean, digest, found, GateHarness, IMAGE, image, SOURCE, scan, TARGET } from './gate-fixtures';

const gate = new GateHarness();
beforeAll(() => gate.start());
afterAll(() => gate.stop());

type Container = { image?: string; imageDigest?: string; containerName?: string };
const byDigest: Container = { image: `${IMAGE}@${digest('a')}`, imageDigest: digest('a') };
const bad = found(basic('CVE-2025-0003', 'CRITICAL'));

const revision = (serviceRevisionArn: string, containerImages?: Container[]) => ({
  serviceRevisionArn,
  containerImages,
});
const source = (runningTaskCount?: number) => ({ arn: SOURCE, runningTaskCount });

/** Answers for a deployment of these containers, by default the first one, whose images have this scan. */
const deployment = (
  containers: Container[] | undefined,
  findings: object,
  sources: object[] = [],
  running: Container[] = [],
) => ({
  DescribeServiceDeployments: [{ serviceDeployments: [{ sourceServiceRevisions: sources }] }],
  DescribeServiceRevisions: [{ serviceRevisions: [revision(SOURCE, running), revision(TARGET, containers)] }],
  BatchGetImage: [image()],
  DescribeImageScanFindings: [findings as Record<string, unknown>],
});

describe('a deployment', () => {
  test('succeeds when nothing counts against its images', async () => {
    expect(await gate.runHook(deployment([byDigest], clean))).toEqual({ hookStatus: 'SUCCEEDED' });
    expect(gate.aws.calls).toMatchObject([
      {
        operation: 'DescribeServiceDeployments',
        body: {
          serviceDeploymentArns: [
            'arn:aws:ecs:eu-west-1:111122223333:service-deployment/shop/web/EZe5RNVLH6PPzHXINuP28',
          ],
        },
      },
      { operation: 'DescribeServiceRevisions', body: { serviceRevisionArns: [TARGET] } },
      { operation: 'BatchGetImage', body: { imageIds: [{ imageDigest: digest('a') }] } },
      { operation: 'DescribeImageScanFindings', body: { imageId: { imageDigest: digest('a') } } },
    ]);
    expect(gate.log).toEqual([
      {
        deployment: 'arn:aws:ecs:eu-west-1:111122223333:service-deployment/shop/web/EZe5RNVLH6PPzHXINuP28',
        answer: 'SUCCEEDED',
        verdict: 'PASSED',
        reason: `nothing counts against ${digest('a')}`,
        accepted: [],
      },
    ]);
  });

  test('fails when a finding counts, and logs it', async () => {
    expect(await gate.runHook(deployment([byDigest], bad))).toEqual({ hookStatus: 'FAILED' });
    expect(gate.log).toMatchObject([
      {
        answer: 'FAILED',
        verdict: 'DENIED',
        reason: '1 finding counts (HIGH or worse): CVE-2025-0003 CRITICAL in openssl 3.0.1',
      },
    ]);
  });

  test.each([
    ['a tag that ECS has not resolved yet', { image: `${IMAGE}:v1.4.2` }, { imageTag: 'v1.4.2' }],
    ['a tag that it has', { image: `${IMAGE}:v1.4.2`, imageDigest: digest('a') }, { imageDigest: digest('a') }],
    ['a digest alone', { image: `${IMAGE}@${digest('a')}` }, { imageDigest: digest('a') }],
    ['a tag and a digest', { image: `${IMAGE}:v1@${digest('a')}` }, { imageDigest: digest('a') }],
    ['neither', { image: IMAGE }, { imageTag: 'latest' }],
    ['the dual-stack endpoint', { image: '111122223333.dkr-ecr.eu-west-1.on.aws/shop/web:v1' }, { imageTag: 'v1' }],
    ['the FIPS endpoint', { image: IMAGE.replace('ecr', 'ecr-fips').concat(':v1') }, { imageTag: 'v1' }],
  ])('is checked for an image named by %s', async (_, container, imageId) => {
    expect(await gate.runHook(deployment([container], bad))).toEqual({ hookStatus: 'FAILED' });
    expect(gate.aws.calls.find(({ operation }) => operation === 'BatchGetImage')?.body.imageIds).toEqual([imageId]);
  });

  test('is not checked for images of other repositories', async () => {
    const others = ['public.ecr.aws/x/y:1', 'nginx', `${IMAGE}-static:v1`, IMAGE.replace('1111', '9999').concat(':v1')];
    const containers = [...others.map((image) => ({ image })), {}, byDigest];

    expect(await gate.runHook(deployment(containers, clean))).toEqual({ hookStatus: 'SUCCEEDED' });
    expect(gate.aws.operations().filter((operation) => operation === 'BatchGetImage')).toHaveLength(1);
  });

  test.each([
    ['no container of the repository', [{ image: 'nginx' }]],
    ['containers that ECS does not tell', undefined],
  ])('fails with %s', async (_, containers) => {
    expect(await gate.runHook(deployment(containers, clean))).toEqual({ hookStatus: 'FAILED' });
    expect(gate.log[0].reason).toBe(`no container of ${TARGET} has an image of shop/web: take the gate off it`);
  });

  test('fails when ECS does not describe it', async () => {
    expect(await gate.runHook({})).toEqual({ hookStatus: 'FAILED' });
    expect(gate.log[0].reason).toContain('UnexpectedCall');
  });
});

describe('an image that the service runs already', () => {
  test('is let through, so that a rollback goes through', async () => {
    expect(await gate.runHook(deployment([byDigest], bad, [source(2)], [byDigest]))).toEqual({
      hookStatus: 'SUCCEEDED',
    });
    expect(gate.log[0].reason).toBe('nothing counts against images that run already');
    expect(gate.aws.calls[1].body).toEqual({ serviceRevisionArns: [TARGET, SOURCE] });
  });

  test('is recognized behind a tag', async () => {
    const answers = deployment([{ image: `${IMAGE}:v1.4.2` }], bad, [source(2)], [byDigest]);
    expect(await gate.runHook(answers)).toEqual({ hookStatus: 'SUCCEEDED' });
  });

  test.each([0, undefined])('is checked when %s of its tasks run', async (tasks) => {
    expect(await gate.runHook(deployment([byDigest], bad, [source(tasks)], [byDigest]))).toEqual({
      hookStatus: 'FAILED',
    });
  });

  test('does not let another one through', async () => {
    const running = [{ image: `${IMAGE}@${digest('b')}`, imageDigest: digest('b') }];
    expect(await gate.runHook(deployment([byDigest], bad, [source(2)], running))).toEqual({ hookStatus: 'FAILED' });
  });
});

describe('a scan that has not ended', () => {
  const pending = scan('PENDING');

  test('makes ECS ask again, with the time of the first question', async () => {
    const first = await gate.runHook(deployment([byDigest], pending));

    expect(first).toEqual({
      hookStatus: 'IN_PROGRESS',
      callBackDelay: 30,
      hookDetails: { waitingSince: expect.any(Number) },
    });
    expect(await gate.runHook(deployment([byDigest], pending), first?.hookDetails)).toEqual(first);
    expect(await gate.runHook(deployment([byDigest], clean), first?.hookDetails)).toEqual({ hookStatus: 'SUCCEEDED' });
  });

  test.each([
    [59, 'IN_PROGRESS'],
    [60, 'FAILED'],
  ])('fails the deployment after a minute: %d seconds give %s', async (seconds, hookStatus) => {
    const waitingSince = Date.now() - seconds * 1000;
    expect(await gate.runHook(deployment([byDigest], pending), { waitingSince })).toMatchObject({ hookStatus });
    expect(gate.log).toMatchObject([{ answer: hookStatus, reason: `${digest('a')}: PENDING` }]);
  });
});
