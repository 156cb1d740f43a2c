import { spawnSync } from 'node:child_process';
import { type Comparison, compare } from '../../aws-checks/compare';
import { type DeliveredEvent, type Deliveries, judge } from '../../aws-checks/event-verdicts';
import { buildEventsStack } from '../../aws-checks/events-stack';
import { buildKeyStack } from '../../aws-checks/key-grants';
import { tar } from '../../aws-checks/tar';
import { templateOf } from '../../aws-checks/temporary-stack';
import { digestOf, tinyImage } from '../../aws-checks/tiny-image';
import { RetentionAction, type RetentionOutcome } from '../../src/retention/image-detail';

describe('the comparison with AWS', () => {
  const [a, b] = ['a', 'b'].map((letter) => `sha256:${letter.repeat(64)}`);
  const ours = (imageDigest: string, rulePriority = 1, action = RetentionAction.EXPIRE): RetentionOutcome => ({
    imageDigest,
    rulePriority,
    action,
    imageTags: [],
    ruleDescription: '',
  });
  const theirs = (imageDigest: string, appliedRulePriority = 1, type: 'EXPIRE' | 'TRANSITION' = 'EXPIRE') => ({
    imageDigest,
    appliedRulePriority,
    action: { type },
  });
  const verdicts = (comparisons: Comparison[]) => comparisons.map(({ verdict }) => verdict);
  const image = { name: 'v1', digest: a };

  test.each([
    ['nothing is taken', [], [], 'same'],
    ['the same rule takes it', [ours(a)], [theirs(a)], 'same'],
    ['the same rule archives it', [ours(a, 1, RetentionAction.ARCHIVE)], [theirs(a, 1, 'TRANSITION')], 'same'],
    ['only the simulation takes it', [ours(a)], [], 'AWS KEEPS MORE'],
    ['only AWS takes it', [], [theirs(a)], 'AWS TAKES MORE'],
    ['another rule takes it', [ours(a, 1)], [theirs(a, 2)], 'AWS TAKES IT OTHERWISE'],
    [
      'AWS expires what the simulation archives',
      [ours(a, 1, RetentionAction.ARCHIVE)],
      [theirs(a)],
      'AWS TAKES IT OTHERWISE',
    ],
  ])('tells that %s', (_, simulation, preview, verdict) => {
    expect(verdicts(compare([image], simulation, preview))).toEqual([verdict]);
  });

  test('excuses a referrer only when AWS takes its subject', () => {
    const referrer = { name: 'signature', digest: b, subjectDigest: a };

    expect(verdicts(compare([image, referrer], [ours(a), ours(b)], [theirs(a)]))).toEqual([
      'same',
      'goes with its subject',
    ]);
    expect(verdicts(compare([image, referrer], [ours(b)], []))).toEqual(['same', 'AWS KEEPS MORE']);
  });

  test('names what AWS takes that was not pushed', () => {
    expect(compare([image], [], [theirs(b, 3)])).toContainEqual({
      name: `${b} (not pushed by this check)`,
      ours: 'stays',
      aws: 'EXPIRE (rule 3)',
      verdict: 'AWS TAKES MORE',
    });
  });
});

describe('the verdict on events', () => {
  const event = (id: string, detailType: string, detail: Record<string, unknown>): DeliveredEvent => ({
    id,
    source: 'aws.ecr',
    'detail-type': detailType,
    detail,
  });
  const push = event('1', 'ECR Image Action', { 'action-type': 'PUSH' });
  const scan = event('2', 'ECR Image Scan', { 'finding-severity-counts': { HIGH: 1 } });
  const clean = event('3', 'ECR Image Scan', { 'finding-severity-counts': {} });
  const none: Deliveries = { Pushed: [], Basic: [], Enhanced: [], Finding: [], All: [] };

  test('tells a rule that matches from one of which no event came', () => {
    expect(judge({ ...none, Pushed: [push], All: [push, clean] })).toEqual({
      Pushed: 'matched',
      Basic: 'no such event came',
      Enhanced: 'no such event came',
      Finding: 'no such event came',
    });
  });

  test('tells a rule that misses its event', () => {
    expect(judge({ ...none, Pushed: [push], All: [push, scan] }).Basic).toBe('DOES NOT MATCH');
  });
});

describe('the stacks of the checks', () => {
  test('have no assets, so that nothing need be bootstrapped, and keep nothing', () => {
    for (const build of [buildEventsStack, buildKeyStack]) {
      const { Resources, Parameters } = JSON.parse(templateOf('Check', build));

      expect(Parameters).toBeUndefined();
      for (const { Type, DeletionPolicy } of Object.values<{ Type: string; DeletionPolicy?: string }>(Resources)) {
        expect([Type, DeletionPolicy]).not.toContain('Retain');
        expect(Type).not.toMatch(/Lambda|Custom|IAM/);
      }
    }
  });

  test('use the key that the package makes, deleted as soon as AWS allows', () => {
    const { Resources } = JSON.parse(templateOf('Check', buildKeyStack));
    const keys = Object.values<{ Type: string; Properties: object }>(Resources).filter(
      ({ Type }) => Type === 'AWS::KMS::Key',
    );

    expect(keys).toHaveLength(1);
    expect(keys[0].Properties).toMatchObject({ PendingWindowInDays: 7 });
    expect(JSON.stringify(keys[0].Properties)).toContain('GrantsForServicesOnly');
  });
});

describe('an image made in memory', () => {
  test('has layers that tar reads', () => {
    const files = { 'etc/os-release': 'ID=debian\n', 'var/lib/dpkg/status': 'x'.repeat(1000) };
    const { stdout, status } = spawnSync('tar', ['-xOf', '-'], { input: tar(files) });

    expect(status).toBe(0);
    expect(String(stdout)).toBe(Object.values(files).join(''));
  });

  test('has the digests that its manifest names', () => {
    const { manifest, blobs, digest } = tinyImage('v1');
    const { config, layers } = JSON.parse(manifest);

    expect(digestOf(manifest)).toBe(digest);
    expect(blobs.map(({ bytes }) => ({ digest: digestOf(bytes), size: bytes.length }))).toEqual(
      [config, ...layers].map(({ digest, size }) => ({ digest, size })),
    );
  });
});
