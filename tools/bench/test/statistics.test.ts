import { expect, test } from 'vitest';
import { percentile, ratiosOf, statisticsOf } from '../src/measure/statistics.ts';

test('the median of an odd number of values is the one in the middle, in whatever order they come', () => {
  expect(statisticsOf([9, 1, 5])).toEqual({ count: 3, median: 5, min: 1, max: 9 });
});

test('the median of an even number of values lies between the two in the middle', () => {
  expect(statisticsOf([4, 1, 10, 2])).toEqual({ count: 4, median: 3, min: 1, max: 10 });
});

test('numbers are sorted as numbers and the values stay in their order', () => {
  const values = [10, 9, 100];
  expect(statisticsOf(values).median).toBe(10);
  expect(values).toEqual([10, 9, 100]);
});

test.each([[[]], [[1, Number.NaN]], [[Number.POSITIVE_INFINITY]]])(
  'there are no statistics over %j',
  (values) => {
    expect(() => statisticsOf(values)).toThrow(RangeError);
  },
);

test('ratios are taken round by round, and only between as many rounds', () => {
  expect(ratiosOf([10, 30], [5, 10])).toEqual([2, 3]);
  expect(() => ratiosOf([1], [1, 2])).toThrow('1 values against 2');
});

test('a percentile is a value that was measured: the smallest that so many do not exceed', () => {
  const values = Array.from({ length: 200 }, (_, at) => 200 - at);
  expect([percentile(values, 0.5), percentile(values, 0.99), percentile(values, 1)]).toEqual([100, 198, 200]);
  expect([percentile([7], 0.5), percentile([9, 1], 0)]).toEqual([7, 1]);
  expect(() => percentile([], 0.5)).toThrow(RangeError);
});
