import { Duration } from 'aws-cdk-lib';
import { ImageSelection, RetentionRule } from '../../src';
import { standardRetention } from '../../src/retention/standard-retention';
import { accepted } from './arbitraries';
import { Registry } from './scripted-registry';

const { tagged, untagged, any } = ImageSelection;
const { keepNewest, expireAfterPush, archiveAfterLastPull, expireArchived } = RetentionRule;

const STANDARD = standardRetention('Test/Images', {
  releaseTagPatterns: ['v*'],
  retainReleases: 10,
  expireUntaggedAfter: Duration.days(14),
});

/** As strict as the rules get that a user may add. */
const STRICT = accepted(STANDARD, [keepNewest(1, tagged('*')), archiveAfterLastPull(Duration.days(1), any())]);

/** The policy of METR/hawk#916, in whose repository CI pushed no tag that its first rule knew. */
const PLAIN = [
  keepNewest(5, tagged('sha256.*')),
  expireAfterPush(Duration.days(3), untagged()),
  expireAfterPush(Duration.days(7), any()),
];

const hex = (digest: string) => digest.replace('sha256:', '').slice(0, 12);

/** Pins what a service runs, as `DeployedImagePins` does after a deployment. */
function pin(registry: Registry, digest: string): void {
  registry.tag(digest, `inuse-web-${hex(digest)}`);
}

/** 60 days in which CI pushes builds and releases, and nobody deploys. */
function keepPushing(registry: Registry): void {
  registry.pass(60, (day) => {
    registry.push(`build ${day}`, [`build-${day}`]);
    registry.push(`release ${day}`, [`v2.${day}`]);
    registry.push(`cache ${day}`, []);
  });
}

describe('a service that scales out long after its deployment', () => {
  test.each([
    ['the standard policy', STANDARD],
    ['the strictest rules behind it', STRICT],
  ])('still finds its image under %s', (_, policy) => {
    const registry = new Registry(false, policy);
    const deployed = registry.push('deployed', ['build-of-tuesday']);
    registry.pull(deployed);
    pin(registry, deployed);

    keepPushing(registry);

    expect(() => registry.pull(deployed)).not.toThrow();
  });

  test('still finds every platform of its image, and its parts go after the image itself', () => {
    const registry = new Registry(false, STRICT);
    const parts = ['amd64', 'arm64'].map((platform) => registry.push(platform, []));
    const other = ['amd64', 'arm64'].map((platform) => registry.push(`other ${platform}`, []));
    const deployed = registry.push('index', ['build-of-tuesday'], parts);
    const released = registry.push('other index', ['v1'], other);
    pin(registry, deployed);

    keepPushing(registry);

    expect(() => registry.pull(deployed)).not.toThrow();
    expect([released, ...other].map((digest) => registry.has(digest))).toEqual([false, false, false]);
  });

  test('still finds the image to roll back to', () => {
    const registry = new Registry(false, STRICT);
    const before = registry.push('before', ['v0.9']);
    pin(registry, before);
    registry.pass(1);
    const deployed = registry.push('deployed', ['v1.0']);
    pin(registry, deployed);

    keepPushing(registry);

    expect(() => registry.pull(before)).not.toThrow();
    expect(() => registry.pull(deployed)).not.toThrow();
  });

  test('finds a release without a pin as long as few newer ones were pushed', () => {
    const registry = new Registry(false, STANDARD);
    const deployed = registry.push('deployed', ['v1.0']);
    const pushRelease = (day: number) => registry.push(`release ${day}`, [`v2.${day}`]);

    registry.pass(9, pushRelease);
    expect(() => registry.pull(deployed)).not.toThrow();

    registry.pass(1, () => pushRelease(9));
    expect(() => registry.pull(deployed)).toThrow('is not there');
  });

  test('finds nothing under the policy of a plain repository', () => {
    const registry = new Registry(true, PLAIN);
    const deployed = registry.push('deployed', ['latest']);
    registry.pull(deployed);
    pin(registry, deployed);

    registry.pass(7);
    expect(() => registry.pull(deployed)).not.toThrow();

    registry.pass(1);
    expect(() => registry.pull(deployed)).toThrow('is not there');
  });

  test('finds nothing where its tag has moved', () => {
    const registry = new Registry(true, STANDARD);
    const deployed = registry.push('deployed', ['v-latest']);
    registry.pull(deployed);
    registry.pass(1);
    registry.push('next', ['v-latest']);

    keepPushing(registry);

    expect(() => registry.pull(deployed)).toThrow('is not there');
  });

  test('cannot lose its tag where tags do not move', () => {
    const registry = new Registry(false, STANDARD);
    registry.push('deployed', ['v1']);

    expect(() => registry.push('next', ['v1'])).toThrow('ImageTagAlreadyExistsException: v1');
  });

  test('finds nothing once the last tag of its image is deleted', () => {
    const registry = new Registry(false, STANDARD);
    const deployed = registry.push('deployed', []);
    pin(registry, deployed);

    registry.deleteTag(deployed, `inuse-web-${hex(deployed)}`);

    expect(() => registry.pull(deployed)).toThrow('is not there');
  });
});

describe('archive', () => {
  const policy = [archiveAfterLastPull(Duration.days(30), any()), expireArchived(Duration.days(90), any())];

  test('takes the image of a service that runs on without a pull, until it is restored', () => {
    const registry = new Registry(false, policy);
    const deployed = registry.push('deployed', ['v1']);
    registry.pass(5);
    registry.pull(deployed);

    registry.pass(31);
    expect(() => registry.pull(deployed)).toThrow('is archived');

    registry.restore(deployed);
    registry.pass(30);
    expect(() => registry.pull(deployed)).not.toThrow();
  });

  test('is the end of it after 90 more days', () => {
    const registry = new Registry(false, policy);
    const deployed = registry.push('deployed', ['v1']);

    registry.pass(31 + 90);
    expect(registry.size).toBe(1);

    registry.pass(1);
    expect(() => registry.pull(deployed)).toThrow('is not there');
  });
});
