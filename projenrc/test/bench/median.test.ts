import { median } from '../../tools/bench/median';

test.each([
  [[3], 3],
  [[3, 1], 2],
  [[10, 1, 2], 2],
  [[4, 1, 3, 2], 2.5],
  [[100, 20, 3], 20],
])('the median of %p is %d', (values, expected) => {
  expect(median(values)).toBe(expected);
});

test('leaves its input in order', () => {
  const values = [3, 1, 2];
  median(values);

  expect(values).toEqual([3, 1, 2]);
});
