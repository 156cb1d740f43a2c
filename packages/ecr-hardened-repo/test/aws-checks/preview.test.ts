import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { compare, takenByAws } from '../../aws-checks/compare';
import { previewPolicies } from '../../aws-checks/preview-policies';
import { type Answer, ScriptedAws } from '../scripted-aws';
import { always, MAIN, pushedImages, runCheck, scriptEcr, simulated, TSX } from './fixtures';

const server = new ScriptedAws();
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  env = { AWS_ENDPOINT_URL: await server.start() };
});

afterAll(() => server.stop());

describe('lifecycle-preview', () => {
  const preview = (previewOf = simulated, change: Record<string, Answer[]> = {}, stopAfter?: number) => {
    scriptEcr(server, previewOf, change);
    return runCheck(['lifecycle-preview'], env, stopAfter);
  };

  afterEach(() => {
    const made = server.calls[0];
    const deleted = server.calls.filter(({ operation }) => operation === 'DeleteRepository');
    expect(made.operation).toBe('CreateRepository');
    expect(made.body.repositoryName).toMatch(/^hardened-check-[0-9a-f]{8}$/);
    expect(deleted.map(({ body }) => body)).toEqual([{ repositoryName: made.body.repositoryName, force: true }]);
  });

  test('ends with 0 when AWS does what the simulation says', async () => {
    const { code, printed } = await preview();

    expect(printed).toContain('AWS does what the simulation says.');
    expect(code).toBe(0);
    expect(server.operations().filter((name) => name === 'StartLifecyclePolicyPreview')).toHaveLength(4);
    expect(server.operations().at(-1)).toBe('DeleteRepository');
  });

  test('ends with 0 when the preview leaves out what goes with its subject', async () => {
    const referrers = pushedImages().flatMap(({ image, subjectDigest }) => (subjectDigest ? image.digest : []));
    const { code, printed } = await preview((text) =>
      simulated(text).filter(({ imageDigest }) => !referrers.includes(imageDigest)),
    );

    expect(printed).toMatch(/referrer of v2 +EXPIRE \(rule 2\) +stays +goes with its subject/);
    expect(code).toBe(0);
  });

  test('ends with 1 when AWS takes an image that the simulation leaves', async () => {
    const v1 = pushedImages().find(({ name }) => name === 'v1')!;
    const taken = { imageDigest: v1.image.digest, action: { type: 'EXPIRE' }, appliedRulePriority: 2 };
    const { code, printed } = await preview((text) => [...simulated(text), taken]);

    expect(printed).toMatch(/v1 +stays +EXPIRE \(rule 2\) +AWS TAKES MORE/);
    expect(printed).toContain('AWS DOES NOT DO what the simulation says.');
    expect(code).toBe(1);
  });

  test('ends with 1 when AWS refuses a policy, and previews the others', async () => {
    const { code, printed } = await preview(simulated, {
      StartLifecyclePolicyPreview: always('InvalidParameterException', 'no such pattern'),
    });

    expect(printed.match(/AWS REFUSES the policy: no such pattern/g)).toHaveLength(4);
    expect(code).toBe(1);
  });

  test('ends with 3 where there is no preview', async () => {
    const { code, complained } = await preview(simulated, {
      StartLifecyclePolicyPreview: always('InvalidAction', 'Unknown action'),
    });

    expect(complained).toBe('no preview could be started, only ECR itself has it: InvalidAction: Unknown action');
    expect(code).toBe(3);
  });

  test('ends with 3 when the registry names an image by another digest', async () => {
    const { code, complained } = await preview(simulated, {
      PutImage: [{ image: { imageId: { imageDigest: 'sha256:1' } } }],
    });

    expect(complained).toContain('the registry must name an image by the digest of its manifest, got sha256:1 for');
    expect(code).toBe(3);
  });

  test('ends with 3 when images were pushed at the same time', async () => {
    const imageDetails = pushedImages().map(({ image }) => ({ imageDigest: image.digest, imagePushedAt: 1 }));
    const { code, complained } = await preview(simulated, { DescribeImages: [{ imageDetails }] });

    expect(complained).toContain(
      "images must be pushed one after the other, got 'untagged 2' no later than the one before",
    );
    expect(code).toBe(3);
  });

  test('ends with 3 when it cannot delete the repository, and says how to', async () => {
    const { code, printed } = await preview(simulated, { DeleteRepository: always('AccessDeniedException', 'no') });
    const name = server.calls[0].body.repositoryName;

    expect(printed).toContain(`COULD NOT DELETE repository ${name}: AccessDeniedException: no`);
    expect(printed).toContain(
      `Delete it by hand: aws ecr delete-repository --region us-east-1 --repository-name ${name} --force`,
    );
    expect(code).toBe(3);
  });

  test('deletes the repository that it may not have made', async () => {
    const { code, complained } = await preview(simulated, { CreateRepository: always('AccessDeniedException', 'no') });

    expect(complained).toBe('AccessDeniedException: no');
    expect(code).toBe(3);
  });

  test('ends with 130 when it is stopped', async () => {
    const { code, complained } = await preview(simulated, {}, 3);

    expect(complained).toBe('stopped by SIGINT');
    expect(server.operations()).not.toContain('DescribeImages');
    expect(code).toBe(130);
  });

  test('deletes the repository on Ctrl-C', async () => {
    scriptEcr(server);
    const child = spawn(process.execPath, [TSX, MAIN, 'lifecycle-preview'], { env: { ...process.env, ...env } });
    const ended = once(child, 'exit');
    const interrupt = setInterval(() => {
      if (server.operations().includes('PutImage')) child.kill('SIGINT');
    }, 100);
    const [code] = await ended;
    clearInterval(interrupt);

    expect(code).toBe(130);
  });
});

describe('the policies of the preview', () => {
  const images = pushedImages();
  const named = images.map(({ name, image, subjectDigest }) => ({ name, digest: image.digest, subjectDigest }));

  test.each<[number, string[], string]>([
    [0, ['v2', 'v3', 'referrer of v2'], 'pinned releases stay, and take up places among the retained ones'],
    [1, ['untagged 1', 'untagged 2', 'untagged 3', 'untagged 4'], 'children of an index count, and so do referrers'],
    [
      2,
      ['untagged 1', 'untagged 2', 'untagged 3', 'untagged 4', 'v2', 'v3', 'referrer of v2'],
      'all kinds of images count, and pinned ones stay',
    ],
    [
      3,
      ['v1', 'v2', 'v3', 'v4, an index', 'referrer of v2'],
      'an image must match all patterns of a rule; a later rule counts what an earlier one identified',
    ],
  ])('take, the %d. one, what tells one reading from another', (index, taken, reading) => {
    const policy = previewPolicies()[index];
    const comparisons = compare(named, [], simulated(policy.text) as never);

    expect(takenByAws(comparisons)).toEqual(taken);
    expect(policy.reading(taken)).toBe(reading);
  });

  test('have other readings for other answers of AWS', () => {
    const [, untagged] = previewPolicies();

    expect(untagged.reading(['untagged 1', 'untagged 2'])).toBe('referrers count, children of an index do not');
    expect(untagged.reading(['untagged 1'])).toBe('children of an index count, referrers do not');
    expect(untagged.reading([])).toBe('neither children of an index nor referrers count');
    expect(untagged.reading(['v6'])).toBe('nothing that was thought of: AWS takes v6');
  });
});
