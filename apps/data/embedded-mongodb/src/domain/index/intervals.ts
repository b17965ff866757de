/**
 * Intervals of encoded keys. An end is a key prefix: `after: false` lies before all keys that start with it, `after: true`
 * behind them. An interval reaches from `low` up to, not including, `high`.
 */
import { BSONRegExp } from 'bson';
import { encodeKey } from '../bson/key-encoding.ts';
import { isNullish, isRegex, rankOf } from '../bson/types.ts';
import { prefixOf } from '../query/regex.ts';
import type { Conjunct } from './conjuncts.ts';

export interface End {
  prefix: Buffer;
  after: boolean;
}
export interface Interval {
  low: End;
  high: End;
}

/** What the conditions on one field allow. `points` counts when all are single values. */
export interface FieldBounds {
  intervals: Interval[];
  points: boolean;
  /** The intervals say exactly what the conditions say. */
  exact: boolean;
  conjuncts: Conjunct[];
}

const end = (prefix: Buffer, after: boolean): End => ({ prefix, after });
const ofPrefix = (prefix: Buffer): Interval => ({ low: end(prefix, false), high: end(prefix, true) });

const isPointable = (value: unknown): boolean =>
  !Array.isArray(value) && !isRegex(value) && value !== undefined;
/** Minkey and maxkey compare across types, null also means missing: no interval says that. */
const isOrderable = (value: unknown): boolean =>
  isPointable(value) && !isNullish(value) && ![1, 127].includes(rankOf(value));

/** The intervals of one condition, or undefined when an index cannot answer it. */
function intervalsOf({ operator, operand }: Conjunct): Interval[] | undefined {
  switch (operator) {
    case '$eq':
      if (isRegex(operand)) return ofRegex(operand);
      return isPointable(operand) ? [ofPrefix(encodeKey(operand))] : undefined;
    case '$in':
      if (!Array.isArray(operand) || !operand.every(isPointable)) return undefined;
      return operand.map((value) => ofPrefix(encodeKey(value)));
    case '$gt':
    case '$gte':
    case '$lt':
    case '$lte':
      return isOrderable(operand) ? [ofOrder(operator, operand)] : undefined;
    case '$regex': {
      const { pattern, options } = operand as { pattern: unknown; options: unknown };
      if (isRegex(pattern)) return ofRegex(pattern);
      return typeof pattern === 'string'
        ? ofRegex(new BSONRegExp(pattern, String(options ?? '')))
        : undefined;
    }
    default:
      return undefined;
  }
}

/** Only strings with the prefix; a stored expression equal to the operand is looked for as well. */
function ofRegex(value: BSONRegExp): Interval[] | undefined {
  const prefix = prefixOf(value);
  if (prefix === undefined) return undefined;
  // The encoded string without its two-byte terminator is the prefix of all strings that start with it.
  return [ofPrefix(encodeKey(prefix).subarray(0, -2)), ofPrefix(encodeKey(value))];
}

function ofOrder(operator: string, operand: unknown): Interval {
  const key = encodeKey(operand);
  const type = key.subarray(0, 1);
  switch (operator) {
    case '$gt':
      return { low: end(key, true), high: end(type, true) };
    case '$gte':
      return { low: end(key, false), high: end(type, true) };
    case '$lt':
      return { low: end(type, false), high: end(key, false) };
    default:
      return { low: end(type, false), high: end(key, true) };
  }
}

export const bytesOfEnd = ({ prefix, after }: End): Buffer => (after ? successor(prefix) : prefix);

/** Above every key: ranks end at 127, inverted ones at 254. */
const ABOVE_ALL = Buffer.from([0xff]);

/** The least byte string above all that start with the prefix. */
function successor(prefix: Buffer): Buffer {
  let length = prefix.length;
  while (length > 0 && prefix[length - 1] === 0xff) length -= 1;
  if (length === 0) return ABOVE_ALL;
  const next = Buffer.from(prefix.subarray(0, length));
  next[length - 1] = (next[length - 1] as number) + 1;
  return next;
}

const compareEnds = (a: End, b: End): number => Buffer.compare(bytesOfEnd(a), bytesOfEnd(b));

function intersect(a: Interval[], b: Interval[]): Interval[] {
  return a.flatMap((x) =>
    b.flatMap((y) => {
      const low = compareEnds(x.low, y.low) >= 0 ? x.low : y.low;
      const high = compareEnds(x.high, y.high) <= 0 ? x.high : y.high;
      return compareEnds(low, high) < 0 ? [{ low, high }] : [];
    }),
  );
}

function normalized(intervals: Interval[]): Interval[] {
  const sorted = [...intervals].sort((a, b) => compareEnds(a.low, b.low));
  return sorted.filter(
    (interval, i) => i === 0 || compareEnds((sorted[i - 1] as Interval).high, interval.low) <= 0,
  );
}

const isPointOperator = (operator: string): boolean => operator === '$eq' || operator === '$in';

/**
 * @param conjuncts the conditions on one field
 * @param multikey with several values per document two conditions may be met by different values: only one may narrow
 */
export function boundsOf(conjuncts: Conjunct[], multikey: boolean): FieldBounds | undefined {
  const usable = conjuncts
    .map((conjunct) => ({ conjunct, intervals: intervalsOf(conjunct) }))
    .filter((entry): entry is { conjunct: Conjunct; intervals: Interval[] } => entry.intervals !== undefined)
    .sort(
      (a, b) => Number(isPointOperator(b.conjunct.operator)) - Number(isPointOperator(a.conjunct.operator)),
    );
  const [first, ...others] = usable;
  if (!first) return undefined;
  const used = multikey ? [first] : [first, ...others];
  const intervals = normalized(used.map((entry) => entry.intervals).reduce(intersect));
  const pointConjunct = ({ operator, operand }: Conjunct): boolean =>
    isPointOperator(operator) && !isRegex(operand);
  const hasNull = ({ operand }: Conjunct): boolean => [operand].flat().some(isNullish);
  return {
    intervals,
    points: pointConjunct(first.conjunct),
    exact: used.length === conjuncts.length && conjuncts.every((c) => pointConjunct(c) && !hasNull(c)),
    conjuncts,
  };
}

const inverted = ({ prefix, after }: End): End => ({
  prefix: Buffer.from(prefix.map((byte) => ~byte & 0xff)),
  after: !after,
});

/** The same intervals in the order of a descending field. */
export const descendingIntervals = (intervals: Interval[]): Interval[] =>
  intervals.map(({ low, high }) => ({ low: inverted(high), high: inverted(low) })).reverse();
