import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareValues } from '../src/domain/bson/compare.ts';
import { encodeField, encodeKey } from '../src/domain/bson/key-encoding.ts';
import { numbers, values } from './support/values.ts';

const RUNS = { numRuns: 2000 };

describe('the key encoding', { timeout: 60_000 }, () => {
  it('orders any two values as the comparison does', () => {
    const property = fc.property(values, values, (a, b) => {
      expect(Math.sign(Buffer.compare(encodeKey(a), encodeKey(b)))).toBe(compareValues(a, b));
    });
    fc.assert(property, RUNS);
  });

  it('orders numbers of all types by their value', () => {
    const property = fc.property(numbers, numbers, (a, b) => {
      expect(Math.sign(Buffer.compare(encodeKey(a), encodeKey(b)))).toBe(compareValues(a, b));
    });
    fc.assert(property, RUNS);
  });

  it('runs the other way for a descending field', () => {
    const property = fc.property(values, values, (a, b) => {
      const order = Math.sign(Buffer.compare(encodeField(a, true), encodeField(b, true)));
      expect(order + compareValues(a, b)).toBe(0);
    });
    fc.assert(property, RUNS);
  });

  it('gives no key that begins with another', () => {
    const property = fc.property(values, values, (a, b) => {
      const [x, y] = [encodeKey(a), encodeKey(b)];
      if (!x.equals(y)) expect(x.subarray(0, y.length).equals(y)).toBe(false);
    });
    fc.assert(property, RUNS);
  });

  it('orders joined keys field by field', () => {
    const property = fc.property(values, values, values, values, (a, b, c, d) => {
      const order = compareValues(a, c) || compareValues(b, d);
      const left = Buffer.concat([encodeKey(a), encodeKey(b)]);
      const right = Buffer.concat([encodeKey(c), encodeKey(d)]);
      expect(Math.sign(Buffer.compare(left, right))).toBe(order);
    });
    fc.assert(property, RUNS);
  });
});

describe('the comparison', { timeout: 60_000 }, () => {
  it('is an order: whoever is between stays between', () => {
    const property = fc.property(fc.tuple(values, values, values), (three) => {
      const [a, b, c] = three.sort(compareValues);
      expect(compareValues(a, b)).toBeLessThanOrEqual(0);
      expect(compareValues(b, c)).toBeLessThanOrEqual(0);
      expect(compareValues(a, c)).toBeLessThanOrEqual(0);
      expect(compareValues(c, a) + compareValues(a, c)).toBe(0);
    });
    fc.assert(property, RUNS);
  });
});
