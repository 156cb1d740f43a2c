import { type Answer, Failure, ScriptedAws } from '../scripted-aws';

type Json = Record<string, unknown>;

/** An answer that the SDK throws as an error. */
const error = (name: string, message = name) => new Failure(name, message);

const ECS = 'arn:aws:ecs:eu-west-1:111122223333';
const HOST = '111122223333.dkr.ecr.eu-west-1.amazonaws.com';
const IMAGE = `${HOST}/shop/web`;
const digestOf = (letter: string) => `sha256:${letter.repeat(64)}`;
const [A, B, C, D] = ['a', 'b', 'c', 'd'].map(digestOf);
const tagOf = (digest: string, service = 'web') => `inuse-${service}-${digest.slice(7, 19)}`;
const INDEX = 'application/vnd.oci.image.index.v1+json';

const revisionArn = (id: string, service = 'web') => `${ECS}:service-revision/shop/${service}/${id}`;
const deploymentArn = (id: string) => `${ECS}:service-deployment/shop/web/${id}`;

/** A service whose current revision is `r1`. */
const service = (more: Json = {}) => ({
  services: [
    {
      serviceName: 'web',
      status: 'ACTIVE',
      deploymentController: { type: 'ECS' },
      currentServiceRevisions: [{ arn: revisionArn('r1') }],
      ...more,
    },
  ],
});

/** Revisions by id, and what their container runs. */
const revisions = (images: Record<string, Json[]>) => (body: Json) => {
  const wanted = body.serviceRevisionArns as string[];
  const known = wanted.filter((arn) => (arn.split('/').at(-1) as string) in images);
  return {
    serviceRevisions: known.map((serviceRevisionArn) => ({
      serviceRevisionArn,
      containerImages: images[serviceRevisionArn.split('/').at(-1) as string],
    })),
    failures: wanted.filter((arn) => !known.includes(arn)).map((arn) => ({ arn, reason: 'MISSING' })),
  };
};

/** A repository that holds these digests with their tags. */
const described = (images: Record<string, string[]>) => (body: Json) => {
  const [{ imageDigest, imageTag }] = body.imageIds as { imageDigest?: string; imageTag?: string }[];
  const found = Object.entries(images).find(
    ([digest, tags]) => digest === imageDigest || tags.includes(imageTag ?? ''),
  );
  if (!found) return error('ImageNotFoundException');
  return { imageDetails: [{ imageDigest: found[0], imageTags: found[1] }] };
};

const manifest = (body: Json) => {
  const [{ imageDigest }] = body.imageIds as { imageDigest: string }[];
  return {
    images: [{ imageId: { imageDigest }, imageManifest: `{"of":"${imageDigest}"}`, imageManifestMediaType: INDEX }],
  };
};

/** One service with one image, by digest, that is not pinned yet. */
const SMALLEST = {
  DescribeServices: service(),
  DescribeServiceDeployments: { serviceDeployments: [] },
  ListServiceDeployments: { serviceDeployments: [] },
  DescribeServiceRevisions: revisions({ r1: [{ image: `${IMAGE}:v1`, imageDigest: A }] }),
  DescribeImages: described({ [A]: ['v1'] }),
  BatchGetImage: manifest,
  PutImage: {},
};

describe('pin handler', () => {
  let aws: ScriptedAws;
  let url: string;
  let logged: jest.SpyInstance;

  beforeEach(async () => {
    aws = new ScriptedAws();
    url = await aws.start();
    logged = jest.spyOn(console, 'log').mockImplementation(() => undefined);
    jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined); // the SDK's about Node's version
  });

  afterEach(async () => aws.stop());

  const run = async (answers: Record<string, Answer | Answer[]>, names = ['web'], event: Json = {}) => {
    aws.script({ ...SMALLEST, ...answers });
    Object.assign(process.env, {
      AWS_ENDPOINT_URL: url,
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_MAX_ATTEMPTS: '1',
      REPOSITORY_ARN: 'arn:aws:ecr:eu-west-1:111122223333:repository/shop/web',
      SERVICES: JSON.stringify(names.map((name) => ({ cluster: 'shop', service: name }))),
      PIN_TAG_PREFIX: 'inuse-',
    });
    jest.resetModules();
    const { handler } = require('../../lambda/deployed-image-pins');
    await handler(event);
  };
  const log = () => JSON.parse(logged.mock.calls[0][0]);
  const pinnedTags = () => aws.of('PutImage').map(({ imageTag }) => imageTag);

  test('puts the manifest of the running image a second time, under the tag that pins it', async () => {
    await run({});

    expect(aws.of('BatchGetImage')).toEqual([
      {
        registryId: '111122223333',
        repositoryName: 'shop/web',
        imageIds: [{ imageDigest: A }],
        acceptedMediaTypes: [
          'application/vnd.oci.image.index.v1+json',
          'application/vnd.docker.distribution.manifest.list.v2+json',
          'application/vnd.oci.image.manifest.v1+json',
          'application/vnd.docker.distribution.manifest.v2+json',
        ],
      },
    ]);
    expect(aws.of('PutImage')).toEqual([
      {
        registryId: '111122223333',
        repositoryName: 'shop/web',
        imageManifest: `{"of":"${A}"}`,
        imageManifestMediaType: INDEX,
        imageTag: 'inuse-web-aaaaaaaaaaaa',
        imageDigest: A,
      },
    ]);
    expect(log()).toEqual({
      repository: 'shop/web',
      services: [{ service: 'shop/web', pinned: [{ digest: A, tag: tagOf(A), added: true }], gone: [], errors: [] }],
    });
  });

  test('leaves an image alone that is pinned already, and does not pull it', async () => {
    await run({ DescribeImages: described({ [A]: ['v1', tagOf(A)] }) });

    expect(aws.of('BatchGetImage')).toEqual([]);
    expect(aws.of('PutImage')).toEqual([]);
    expect(log().services[0].pinned).toEqual([{ digest: A, tag: tagOf(A), added: false }]);
  });

  test('calls nothing that could delete', async () => {
    await run({});

    expect(aws.operations()).toEqual([
      'DescribeServices',
      'ListServiceDeployments',
      'DescribeServiceRevisions',
      'DescribeImages',
      'BatchGetImage',
      'PutImage',
    ]);
  });

  describe('finds images', () => {
    test('of the revisions that recent deployments came from, went to and fell back to', async () => {
      const briefs = [{ serviceDeploymentArn: deploymentArn('d1'), targetServiceRevisionArn: revisionArn('r2') }];
      await run({
        ListServiceDeployments: { serviceDeployments: briefs },
        DescribeServiceDeployments: {
          serviceDeployments: [
            {
              sourceServiceRevisions: [{ arn: revisionArn('r4') }],
              targetServiceRevision: { arn: revisionArn('r2') },
              rollback: { serviceRevisionArn: revisionArn('r3') },
            },
          ],
        },
        DescribeServiceRevisions: revisions({
          r1: [{ image: `${IMAGE}@${A}` }],
          r2: [{ image: `${IMAGE}@${B}` }],
          r3: [{ image: `${IMAGE}@${C}` }],
          r4: [{ image: `${IMAGE}@${D}` }],
        }),
        DescribeImages: described({ [A]: [], [B]: [], [C]: [], [D]: [] }),
      });

      expect(pinnedTags().sort()).toEqual([A, B, C, D].map((digest) => tagOf(digest)));
    });

    test('of the 20 newest deployments of all pages, in one call', async () => {
      const brief = (day: number) => ({
        serviceDeploymentArn: deploymentArn(`d${day}`),
        createdAt: Date.UTC(2026, 9, day) / 1000,
      });
      const days = Array.from({ length: 25 }, (_, index) => index + 1);
      await run({
        ListServiceDeployments: [
          { serviceDeployments: days.slice(0, 10).map(brief), nextToken: 'more' },
          { serviceDeployments: days.slice(10).map(brief) },
        ],
      });

      expect(aws.of('ListServiceDeployments')).toEqual([
        { cluster: 'shop', service: 'web', maxResults: 100 },
        { cluster: 'shop', service: 'web', maxResults: 100, nextToken: 'more' },
      ]);
      expect(aws.of('DescribeServiceDeployments')).toEqual([
        {
          serviceDeploymentArns: days
            .slice(5)
            .reverse()
            .map((day) => deploymentArn(`d${day}`)),
        },
      ]);
    });

    test('of more than 20 revisions in batches', async () => {
      const ids = Array.from({ length: 41 }, (_, index) => `r${index + 1}`);
      await run({
        DescribeServices: service({ currentServiceRevisions: ids.map((id) => ({ arn: revisionArn(id) })) }),
        DescribeServiceRevisions: revisions(Object.fromEntries(ids.map((id) => [id, [{ image: `${IMAGE}@${A}` }]]))),
      });

      expect(
        aws.of('DescribeServiceRevisions').map(({ serviceRevisionArns }) => (serviceRevisionArns as []).length),
      ).toEqual([20, 20, 1]);
      expect(pinnedTags()).toEqual([tagOf(A)]);
    });

    test.each([
      ['a digest', `${IMAGE}@${A}`],
      ['a tag and a digest', `${IMAGE}:v2@${A}`],
      ['a tag', `${IMAGE}:v1`],
      ['neither, which means latest', IMAGE],
      ['the name of the FIPS endpoint', `111122223333.dkr.ecr-fips.eu-west-1.amazonaws.com/shop/web:v1`],
      ['the name of the dual-stack endpoint', `111122223333.dkr-ecr.eu-west-1.on.aws/shop/web:v1`],
    ])('by %s', async (_, image) => {
      await run({
        DescribeServiceRevisions: revisions({ r1: [{ image }] }),
        DescribeImages: described({ [A]: ['v1', 'latest'] }),
      });

      expect(pinnedTags()).toEqual([tagOf(A)]);
    });

    test('by the digest that ECS runs, when their tag has moved since', async () => {
      await run({
        DescribeServiceRevisions: revisions({ r1: [{ image: `${IMAGE}:v1`, imageDigest: A }] }),
        DescribeImages: described({ [A]: [], [B]: ['v1'] }),
      });

      expect(pinnedTags()).toEqual([tagOf(A)]);
    });

    test.each([
      ['another registry', 'docker.io/library/redis:8'],
      ['another account', `999999999999.dkr.ecr.eu-west-1.amazonaws.com/shop/web@${A}`],
      ['another region', `111122223333.dkr.ecr.us-east-1.amazonaws.com/shop/web@${A}`],
      ['another repository', `${HOST}/shop/web-proxy@${A}`],
      ['a repository whose name begins the same', `${HOST}/shop/web/base@${A}`],
    ])('but not those of %s', async (_, image) => {
      await run({ DescribeServiceRevisions: revisions({ r1: [{ image, imageDigest: A }] }) });

      expect(aws.of('DescribeImages')).toEqual([]);
      expect(pinnedTags()).toEqual([]);
    });
  });

  describe('names the tag', () => {
    const longName = 'x'.repeat(255);

    test('after the service and its digest within 128 characters, however long the name is', async () => {
      await run({}, [longName]);

      const [tag] = pinnedTags() as string[];
      expect(tag).toMatch(/^inuse-x{100}-[0-9a-f]{8}-a{12}$/);
      expect(tag).toHaveLength(128);
    });

    test('differently for two long names that begin the same', async () => {
      await run({}, [longName, `${longName.slice(0, -1)}y`]);

      expect(new Set(pinnedTags()).size).toBe(2);
    });

    test('in full when it just fits', async () => {
      const name = 'y'.repeat(109);
      await run({}, [name]);

      expect(pinnedTags()).toEqual([`inuse-${name}-aaaaaaaaaaaa`]);
    });
  });

  describe('is content', () => {
    test.each(['ImageAlreadyExistsException', 'ImageTagAlreadyExistsException'])(
      'when another run pinned the image in the meantime (%s)',
      async (type) => {
        await run({
          DescribeImages: [
            { imageDetails: [{ imageDigest: A, imageTags: ['v1'] }] },
            { imageDetails: [{ imageDigest: A, imageTags: ['v1', tagOf(A)] }] },
          ],
          PutImage: error(type),
        });

        expect(aws.of('DescribeImages').at(-1)).toMatchObject({ imageIds: [{ imageTag: tagOf(A) }] });
        expect(log().services[0].errors).toEqual([]);
      },
    );

    test('when the image of a past deployment is gone', async () => {
      await run({
        ListServiceDeployments: {
          serviceDeployments: [
            { serviceDeploymentArn: deploymentArn('d1'), targetServiceRevisionArn: revisionArn('r0') },
          ],
        },
        DescribeServiceRevisions: revisions({ r0: [{ image: `${IMAGE}@${B}` }], r1: [{ image: `${IMAGE}@${A}` }] }),
      });

      expect(log().services[0]).toMatchObject({ gone: [B], errors: [] });
    });

    test('when ECS does not know a past revision any more', async () => {
      await run({
        ListServiceDeployments: {
          serviceDeployments: [
            { serviceDeploymentArn: deploymentArn('d1'), targetServiceRevisionArn: revisionArn('r0') },
          ],
        },
        DescribeServiceDeployments: { failures: [{ arn: revisionArn('r0'), reason: 'MISSING' }] },
      });

      expect(pinnedTags()).toEqual([tagOf(A)]);
    });

    test('when no container of the service comes from the repository', async () => {
      await run({ DescribeServiceRevisions: revisions({ r1: [{ image: 'docker.io/library/redis:8' }] }) });

      expect(log().services[0]).toMatchObject({ pinned: [], errors: [] });
    });
  });

  describe('fails', () => {
    const failure = (text: string) => `not every image in use is pinned: shop/web: ${text}`;

    test.each<[string, Record<string, Answer>, string]>([
      ['when a running image is gone', { DescribeImages: described({}) }, `${A} is in use, but not in shop/web`],
      [
        'when the tag of an image is on another one',
        { PutImage: error('ImageTagAlreadyExistsException'), DescribeImages: described({ [A]: [], [B]: [tagOf(A)] }) },
        `${A} is not pinned, because its tag inuse-web-aaaaaaaaaaaa is on another image, ${B}`,
      ],
      [
        'when ECR has the image, but did not add the tag',
        { PutImage: error('ImageAlreadyExistsException', 'it is there') },
        'ImageAlreadyExistsException: it is there',
      ],
      [
        'when a manifest cannot be read',
        { BatchGetImage: { images: [], failures: [{ failureCode: 'ImageInaccessible', failureReason: 'archived' }] } },
        `the manifest of ${A} cannot be read: ImageInaccessible archived`,
      ],
      ['when it may not pin', { PutImage: error('AccessDeniedException', 'no') }, 'AccessDeniedException: no'],
      ['when it may not look', { DescribeImages: error('AccessDeniedException', 'no') }, 'AccessDeniedException: no'],
      [
        'when the cluster does not exist',
        { DescribeServices: error('ClusterNotFoundException', 'Cluster not found.') },
        'ClusterNotFoundException: Cluster not found.',
      ],
      [
        'when the service does not exist',
        { DescribeServices: { services: [] } },
        'the service does not exist (any more)',
      ],
      [
        'when the service was deleted',
        { DescribeServices: service({ status: 'INACTIVE' }) },
        'the service does not exist (any more)',
      ],
      [
        'when CodeDeploy deploys the service',
        { DescribeServices: service({ deploymentController: { type: 'CODE_DEPLOY' } }) },
        'the service is deployed by CODE_DEPLOY, not by ECS: such deployments name no digests',
      ],
      [
        'when ECS cannot describe what runs',
        { DescribeServiceRevisions: revisions({}) },
        `ECS cannot describe ${revisionArn('r1')} (MISSING); shop/web: ECS describes no revision of the service: ` +
          'force a new deployment of it',
      ],
    ])('%s', async (_, answers, text) => {
      await expect(run(answers)).rejects.toThrow(new Error(failure(text)));
      expect(log().services[0].errors).toEqual(text.split('; shop/web: '));
    });

    test('after every image and every service was tried', async () => {
      await expect(
        run(
          {
            DescribeServices: ({ services }) =>
              (services as string[])[0] === 'gone'
                ? { services: [] }
                : service({ serviceName: (services as string[])[0] }),
            DescribeServiceRevisions: revisions({ r1: [{ image: `${IMAGE}@${C}` }, { image: `${IMAGE}@${A}` }] }),
          },
          ['gone', 'web', 'worker'],
        ),
      ).rejects.toThrow(
        `not every image in use is pinned: shop/gone: the service does not exist (any more); shop/web: ${C} is in use, ` +
          `but not in shop/web; shop/worker: ${C} is in use, but not in shop/web`,
      );

      expect(pinnedTags()).toEqual([tagOf(A, 'web'), tagOf(A, 'worker')]);
    });
  });

  describe('as a custom resource', () => {
    const event = (RequestType: string) => ({
      RequestType,
      ResponseURL: `${url}/answer`,
      StackId: 'stack',
      RequestId: 'request',
      LogicalResourceId: 'PinsFirstRun',
      ...(RequestType === 'Create' ? {} : { PhysicalResourceId: 'PinsFirstRun' }),
    });
    const success = {
      Status: 'SUCCESS',
      PhysicalResourceId: 'PinsFirstRun',
      StackId: 'stack',
      RequestId: 'request',
      LogicalResourceId: 'PinsFirstRun',
    };

    test.each(['Create', 'Update'])('pins on %s', async (type) => {
      await run({}, ['web'], event(type));

      expect(aws.responses).toEqual([success]);
      expect(pinnedTags()).toEqual([tagOf(A)]);
    });

    test('does nothing on Delete', async () => {
      await run({}, ['web'], event('Delete'));

      expect(aws.responses).toEqual([success]);
      expect(aws.calls).toEqual([]);
    });

    test('does not fail the stack when an image cannot be pinned', async () => {
      await expect(run({ DescribeImages: described({}) }, ['web'], event('Create'))).rejects.toThrow('not every image');

      expect(aws.responses).toEqual([success]);
    });
  });
});
