import { Duration } from 'aws-cdk-lib';
import {
  HardenedRepository,
  type HardenedRepositoryProps,
  ImageSelection,
  RetentionAction,
  RetentionRule,
} from '../../src';
import { emptyStack } from '../fixtures';
import { daysAgo, digestOf, image, NOW } from './images';

function images(props?: HardenedRepositoryProps): HardenedRepository {
  return new HardenedRepository(emptyStack(), 'Images', props);
}

describe('simulateRetention', () => {
  test('says what the rules of the repository and those added do', () => {
    const repository = images({ retainReleases: 3 });
    repository.addRetentionRule(RetentionRule.archiveAfterLastPull(Duration.days(30), ImageSelection.any()));
    const contents = [
      image('old', 50, ['v1']),
      image('running', 51, ['v0', 'inuse-web-0123456789ab']),
      ...[1, 2, 3].map((age) => image(`new${age}`, age, [`v1.${age}`])),
      image('build', 40, ['build-7']),
      image('orphan', 15),
    ];

    expect(repository.simulateRetention(contents, NOW)).toEqual([
      {
        imageDigest: digestOf('old'),
        imageTags: ['v1'],
        action: RetentionAction.EXPIRE,
        rulePriority: 2,
        ruleDescription: 'Keep the newest 3 images tagged v*',
      },
      {
        imageDigest: digestOf('build'),
        imageTags: ['build-7'],
        action: RetentionAction.ARCHIVE,
        rulePriority: 4,
        ruleDescription: 'Archive images that were not pulled for 30 days',
      },
      {
        imageDigest: digestOf('orphan'),
        imageTags: [],
        action: RetentionAction.EXPIRE,
        rulePriority: 3,
        ruleDescription: 'Expire images without a tag 14 days after their push',
      },
    ]);
  });

  test('takes the current time unless told', () => {
    const pushed = (days: number) => ({
      imageDigest: digestOf(`${days}`),
      imagePushedAt: new Date(Date.now() - days * 24 * 60 * 60 * 1000),
    });

    expect(images().simulateRetention([pushed(13), pushed(15)])).toMatchObject([{ imageDigest: digestOf('15') }]);
  });

  const a = digestOf('a');
  test.each([
    [[image('a', 1), image('a', 2)], `'images' must hold each digest once, got '${a}' twice [Test/Images]`],
    [[image('a', 1, ['v1']), image('b', 2, ['v1'])], "'images' must hold each tag once, got 'v1' twice [Test/Images]"],
    [
      [{ ...image('a', 1), imageDigest: 'sha256:ABC' }],
      "'imageDigest' must be 'sha256:' and 64 hexadecimal digits in lower case, got 'sha256:ABC' [Test/Images]",
    ],
    [
      [image('a', -1)],
      `'imagePushedAt' must be no later than 2026-11-24T12:00:00.000Z, got 2026-11-25T12:00:00.000Z of ${a} [Test/Images]`,
    ],
    [
      [image('a', 1, [], { lastRecordedPullTime: new Date('soon') })],
      `'lastRecordedPullTime' must be no later than 2026-11-24T12:00:00.000Z, got Invalid Date of ${a} [Test/Images]`,
    ],
    [
      [image('a', 1, [], { lastActivatedAt: daysAgo(-1) })],
      `'lastActivatedAt' must be no later than 2026-11-24T12:00:00.000Z, got 2026-11-25T12:00:00.000Z of ${a} [Test/Images]`,
    ],
    [
      [image('a', 1, [], { archived: true })],
      `'lastArchivedAt' must be given for an archived image, got none of ${a} [Test/Images]`,
    ],
    [
      [image('a', 1, [], { childDigests: [digestOf('b')] })],
      `'childDigests' must name other images of the list, got ${digestOf('b')} of ${a}: list the images of an index, too [Test/Images]`,
    ],
    [
      [image('a', 1, [], { childDigests: [a] })],
      `'childDigests' must name other images of the list, got ${a} of ${a}: list the images of an index, too [Test/Images]`,
    ],
  ])('fails for images that no repository holds (%#)', (contents, message) => {
    expect(() => images().simulateRetention(contents, NOW)).toThrow(message);
  });

  test('fails for a time that is none', () => {
    expect(() => images().simulateRetention([], new Date('now'))).toThrow(
      "'now' must be a point in time, got Invalid Date [Test/Images]",
    );
  });
});
