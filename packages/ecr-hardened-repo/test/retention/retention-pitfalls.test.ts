import { ImageSelection, RetentionRule } from '../../src';
import { days, daysAgo, image, outcomes, repositoryOf } from './images';

const { tagged, untagged, any } = ImageSelection;
const { keepNewest, expireAfterPush, archiveAfterLastPull } = RetentionRule;

// What users ran into; each shows what the documented rules do.
describe('pitfalls', () => {
  test('a pattern that CI never pushes protects nothing: the live image is tagged latest', () => {
    const rules = [
      keepNewest(5, tagged('sha256.*')),
      expireAfterPush(days(3), untagged()),
      expireAfterPush(days(7), any()),
    ];

    expect(outcomes(rules, { live: image('live', 8, ['latest']) })).toEqual(['live: EXPIRE by 3']);
  });

  test('a tag that moved leaves the running image untagged', () => {
    const rules = [keepNewest(30, tagged('v*')), expireAfterPush(days(7), untagged())];

    expect(outcomes(rules, repositoryOf({ running: [8, []], next: [0, ['v2']] }))).toEqual(['running: EXPIRE by 2']);
  });

  test('two patterns in one rule protect only images that match both', () => {
    const rules = [keepNewest(9999, tagged('prod*', 'staging*')), expireAfterPush(days(30), any())];

    expect(outcomes(rules, repositoryOf({ one: [40, ['prod-9']], both: [40, ['prod-8', 'staging-8']] }))).toEqual([
      'one: EXPIRE by 2',
    ]);
  });

  test('the order is that of pushes, not of versions: fixes of an old version evict the live one', () => {
    const images = repositoryOf({ live: [9, ['v2.0']], fix1: [3, ['v1.8.1']], fix2: [1, ['v1.8.2']] });

    expect(outcomes([keepNewest(2, tagged('v*'))], images)).toEqual(['live: EXPIRE by 1']);
  });

  test('a pin in front keeps the live image, which still takes up a place of its release', () => {
    const images = repositoryOf({
      live: [1, ['v2.0', 'inuse-web-0123456789ab']],
      fix1: [3, ['v1.8.1']],
      fix2: [2, ['v1.8.2']],
    });

    expect(outcomes([keepNewest(1000, tagged('inuse-*')), keepNewest(2, tagged('v*'))], images)).toEqual([
      'fix1: EXPIRE by 2',
    ]);
  });

  test('an age expires the image of a service that is seldom released', () => {
    expect(outcomes([expireAfterPush(days(90), tagged('v*'))], { live: image('live', 91, ['v1']) })).toEqual([
      'live: EXPIRE by 1',
    ]);
  });

  test('a task that runs on without a pull has its image archived', () => {
    const running = image('running', 120, ['v1'], { lastRecordedPullTime: daysAgo(100) });

    expect(outcomes([archiveAfterLastPull(days(90), any())], { running })).toEqual(['running: ARCHIVE by 1']);
  });

  test('a count of one takes the image to roll back to', () => {
    expect(outcomes([keepNewest(1, tagged('v*'))], repositoryOf({ before: [2, ['v1']], live: [1, ['v2']] }))).toEqual([
      'before: EXPIRE by 1',
    ]);
  });
});
