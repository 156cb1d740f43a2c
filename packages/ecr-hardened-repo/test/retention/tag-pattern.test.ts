import * as fc from 'fast-check';
import { coversPattern, matchesTag, patternsOverlap } from '../../src/retention/tag-pattern';

const pattern = fc.stringMatching(/^[ab*]{1,5}$/);

/** Every text of a and b with at most ten characters: long enough for what two patterns of five have in common. */
const TAGS = Array.from({ length: 11 }, (_, length) => length).flatMap((length) =>
  Array.from({ length: 2 ** length }, (_, number) =>
    number.toString(2).padStart(length, '0').replaceAll('0', 'a').replaceAll('1', 'b').slice(0, length),
  ),
);

describe('two patterns', () => {
  test('overlap when, and only when, some tag matches both', () => {
    fc.assert(
      fc.property(pattern, pattern, (a, b) => {
        expect(patternsOverlap(a, b)).toBe(TAGS.some((tag) => matchesTag(a, tag) && matchesTag(b, tag)));
      }),
      { numRuns: 300 },
    );
  });

  test('cover only what they match', () => {
    fc.assert(
      fc.property(pattern, pattern, (wide, narrow) => {
        fc.pre(coversPattern(wide, narrow));
        expect(TAGS.filter((tag) => matchesTag(narrow, tag)).every((tag) => matchesTag(wide, tag))).toBe(true);
      }),
      { numRuns: 100 },
    );
  });
});
