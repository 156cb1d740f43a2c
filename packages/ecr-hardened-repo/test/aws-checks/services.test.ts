import { kindOf, repositoryOf } from '../../aws-checks/deployed-digest';
import { tinyImage, tinyIndex } from '../../aws-checks/tiny-image';
import { type Answer, ScriptedAws } from '../scripted-aws';
import { runCheck } from './fixtures';

const server = new ScriptedAws();
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  env = { AWS_ENDPOINT_URL: await server.start() };
});

beforeEach(() => server.script({}));

afterAll(() => server.stop());

describe('rolling-hook', () => {
  const service = (deploymentConfiguration: object, deploymentController = { type: 'ECS' }) => ({
    services: [
      { serviceName: 'web', serviceArn: 'service', clusterArn: 'shop', deploymentConfiguration, deploymentController },
    ],
  });
  const rolling = service({ lifecycleHooks: [{ targetType: 'PAUSE', lifecycleStages: ['PRE_SCALE_UP'] }] });
  const deployment = (status: string, lifecycleHookDetails: object[] = []) => ({
    serviceDeployments: [
      { serviceDeploymentArn: 'newest', status, lifecycleStage: 'PRE_SCALE_UP', lifecycleHookDetails },
    ],
  });
  const paused = deployment('IN_PROGRESS', [{ hookId: '1', targetType: 'PAUSE', status: 'AWAITING_ACTION' }]);
  const watch = (DescribeServices: Answer, ...DescribeServiceDeployments: Answer[]) => {
    server.script({
      DescribeServices: [DescribeServices],
      ListServiceDeployments: [
        {
          serviceDeployments: [
            { serviceDeploymentArn: 'older', createdAt: 1 },
            { serviceDeploymentArn: 'newest', createdAt: 2 },
          ],
        },
      ],
      DescribeServiceDeployments,
    });
    return runCheck(['rolling-hook', 'shop', 'web'], env);
  };

  afterEach(() => {
    // it reads only
    for (const operation of server.operations()) expect(operation).toMatch(/^(Describe|List)/);
  });

  test('ends with 0 when ECS runs a hook, of the newest deployment', async () => {
    const { code, printed } = await watch(rolling, deployment('PENDING'), paused);

    expect(printed).toMatch(/PAUSE +AWAITING_ACTION/);
    expect(code).toBe(0);
    expect(server.calls.at(-1)!.body).toEqual({ serviceDeploymentArns: ['newest'] });
  });

  test('ends with 1 when a deployment ends without a hook', async () => {
    const { code, printed } = await watch(rolling, deployment('IN_PROGRESS'), deployment('SUCCESSFUL'));

    expect(printed).toContain('ECS DID NOT RUN the hook');
    expect(code).toBe(1);
  });

  test('ends with 3 when the deployment had ended before', async () => {
    const { code, printed } = await watch(rolling, deployment('SUCCESSFUL'));

    expect(printed).toContain('start this during a deployment');
    expect(code).toBe(3);
  });

  test.each([
    ['no service', { services: [] }, "SERVICE must be a service of the cluster 'shop', got 'web'"],
    [
      'one without a hook',
      service({}),
      'SERVICE must have a lifecycle hook, got none of web: README.md says how to add one',
    ],
    [
      'one that is not rolling',
      service({ strategy: 'BLUE_GREEN' }),
      'SERVICE must be deployed by ECS and ROLLING, got ECS and BLUE_GREEN of web',
    ],
    [
      'one that ECS does not deploy',
      service({}, { type: 'CODE_DEPLOY' }),
      'SERVICE must be deployed by ECS and ROLLING, got CODE_DEPLOY and ROLLING of web',
    ],
  ])('refuses %s', async (_, answer, text) => {
    const { code, complained } = await watch(answer);

    expect(complained).toBe(text);
    expect(code).toBe(2);
  });
});

describe('deployed-digest', () => {
  const image = '111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop/web:v1';
  const child = tinyImage('child');
  const index = tinyIndex([child]);

  test('names the digests of revision and task, what they are, and their pins', async () => {
    const manifests = new Map([index, child].map(({ digest, manifest }) => [digest, manifest]));
    server.script({
      DescribeServices: [
        { services: [{ serviceName: 'web', clusterArn: 'shop', currentServiceRevisions: [{ arn: 'now' }] }] },
      ],
      DescribeServiceRevisions: [
        {
          serviceRevisions: [
            {
              containerImages: [
                { containerName: 'web', image, imageDigest: index.digest },
                { containerName: 'proxy', image: 'docker.io/nginx' },
              ],
            },
          ],
        },
      ],
      ListTasks: [{ taskArns: ['task'] }],
      DescribeTasks: [{ tasks: [{ containers: [{ name: 'web', image, imageDigest: child.digest }] }] }],
      BatchGetImage: [({ imageIds }) => ({ images: [{ imageManifest: manifests.get(imageIds[0].imageDigest) }] })],
      DescribeImages: [
        ({ imageIds }) => ({
          imageDetails: [{ imageTags: imageIds[0].imageDigest === index.digest ? ['v1', 'inuse-web-1'] : [] }],
        }),
      ],
    });
    const { code, printed } = await runCheck(['deployed-digest', 'shop', 'web'], env);

    expect(printed).toMatch(new RegExp(`web .*service revision +${index.digest} +an index +inuse-web-1`));
    expect(printed).toMatch(new RegExp(`web .*task +${child.digest} +one platform`));
    expect(printed).toMatch(/proxy +docker.io\/nginx +service revision +none +not looked at/);
    expect(code).toBe(0);
    expect(server.calls.at(-1)!.body).toMatchObject({ registryId: '111122223333', repositoryName: 'shop/web' });
  });

  test('finds the repository of an image', () => {
    expect(repositoryOf('111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop/web@sha256:1')).toEqual({
      registryId: '111122223333',
      repositoryName: 'shop/web',
    });
    expect(repositoryOf('public.ecr.aws/nginx:1')).toBeUndefined();
    expect(kindOf(undefined)).toBe('not in ECR');
  });
});
