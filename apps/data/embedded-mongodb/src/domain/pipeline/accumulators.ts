/** Accumulators of `$group`: one object per group, fed document by document. */
import { Int32 } from 'bson';
import { errors } from '../../errors.ts';
import { compareValues } from '../bson/compare.ts';
import { hashKey } from '../bson/key-encoding.ts';
import { arithmetic, count, double, toNumber, wholeNumber } from '../bson/numbers.ts';
import { type Doc, isDocument, isNullish, isNumber, type NumberValue, typeOf } from '../bson/types.ts';
import { ARITHMETIC_OPERATORS } from '../expression/arithmetic-operators.ts';
import { compileExpression } from '../expression/compile.ts';
import type { Environment } from '../expression/environment.ts';
import { mergeObjects } from '../expression/object-operators.ts';
import { compileSortKey, parseSort } from '../query/sort.ts';

export interface Accumulator {
  add(doc: Doc): void;
  result(): unknown;
}

type Value = (doc: Doc) => unknown;
type Factory = (value: Value, operand: unknown, environment: Environment) => () => Accumulator;

/** Gathers the values and computes at the end. */
const gathering =
  (finish: (values: unknown[]) => unknown): Factory =>
  (value) =>
  () => {
    const values: unknown[] = [];
    return { add: (doc) => void values.push(value(doc)), result: () => finish(values) };
  };

/** Keeps one running value. */
const running =
  <T>(
    start: T,
    step: (state: T, value: unknown) => T,
    finish: (state: T) => unknown = (state) => state,
  ): Factory =>
  (value) =>
  () => {
    let state = start;
    return {
      add: (doc) => {
        state = step(state, value(doc));
      },
      result: () => finish(state),
    };
  };

const addTo = (total: NumberValue, value: unknown): NumberValue =>
  isNumber(value) ? arithmetic('add', total, value) : total;

const ZERO: NumberValue = new Int32(0);

const extreme = (wanted: number): Factory =>
  running<unknown>(null, (best, value) =>
    isNullish(value) || (best !== null && compareValues(value, best) !== wanted) ? best : value,
  );

function deviation(values: unknown[], sample: boolean): unknown {
  const numbers = values.filter(isNumber).map(toNumber);
  const divisor = numbers.length - (sample ? 1 : 0);
  if (divisor <= 0) return null;
  const mean = numbers.reduce((a, b) => a + b, 0) / numbers.length;
  return double(Math.sqrt(numbers.reduce((sum, n) => sum + (n - mean) ** 2, 0) / divisor));
}

const present = (values: unknown[]): unknown[] => values.filter((value) => value !== undefined);

/** `$firstN` and its like take `{input, n}`. */
function several(pick: (values: unknown[], n: number) => unknown[]): Factory {
  return (_value, operand, environment) => {
    const { input, n } = operand as Doc;
    const size = isNumber(n) ? wholeNumber(n) : undefined;
    if (size === undefined || size < 1) throw errors.location(5787908, "'n' must be a positive integer");
    const compiled = compileExpression(input, environment);
    return gathering((values) => pick(values, size))((doc) => compiled(doc), operand, environment);
  };
}

/** `$top` and its like take `{sortBy, output, n?}`. */
function sorted(fromEnd: boolean, single: boolean): Factory {
  return (_value, operand, environment) => {
    const { sortBy, output, n } = operand as Doc;
    const keyOf = compileSortKey(parseSort(sortBy as Doc));
    const compiled = compileExpression(output, environment);
    const size = single ? 1 : (wholeNumber(n) ?? 1);
    return () => {
      const rows: { key: Buffer; value: unknown }[] = [];
      return {
        add: (doc) => void rows.push({ key: keyOf(doc), value: compiled(doc) ?? null }),
        result: () => {
          const values = rows.sort((a, b) => Buffer.compare(a.key, b.key)).map(({ value }) => value);
          const chosen = fromEnd ? values.slice(-size) : values.slice(0, size);
          return single ? chosen[0] : chosen;
        },
      };
    };
  };
}

const descending = (a: unknown, b: unknown): number => compareValues(b, a);
const known = (values: unknown[]): unknown[] => values.filter((value) => !isNullish(value));

const FACTORIES: Readonly<Record<string, Factory>> = {
  $sum: running(ZERO, addTo),
  $avg: gathering((values) => ARITHMETIC_OPERATORS.$avg?.run([values])),
  $min: extreme(-1),
  $max: extreme(1),
  $first: gathering((values) => values[0] ?? null),
  $last: gathering((values) => values.at(-1) ?? null),
  $push: gathering(present),
  $addToSet: gathering((values) => [
    ...new Map(present(values).map((value) => [hashKey(value), value])).values(),
  ]),
  $count: running<number>(0, (n) => n + 1, count),
  $mergeObjects: gathering(mergeObjects),
  $stdDevPop: gathering((values) => deviation(values, false)),
  $stdDevSamp: gathering((values) => deviation(values, true)),
  $firstN: several((values, n) => values.slice(0, n).map((value) => value ?? null)),
  $lastN: several((values, n) => values.slice(-n).map((value) => value ?? null)),
  $minN: several((values, n) => known(values).sort(compareValues).slice(0, n)),
  $maxN: several((values, n) => known(values).sort(descending).slice(0, n)),
  $top: sorted(false, true),
  $topN: sorted(false, false),
  $bottom: sorted(true, true),
  $bottomN: sorted(true, false),
};

const TAKES_A_DOCUMENT = /^\$(firstN|lastN|minN|maxN|top|topN|bottom|bottomN)$/;

/** @throws CommandError for anything but `{$accumulator: operand}` */
export function compileAccumulator(name: string, spec: unknown, environment: Environment): () => Accumulator {
  if (!isDocument(spec)) throw errors.location(40234, `The field '${name}' must be an accumulator object`);
  const [operator, ...others] = Object.keys(spec);
  if (operator === undefined || others.length > 0)
    throw errors.location(40238, `The field '${name}' must specify one accumulator`);
  const factory = Object.hasOwn(FACTORIES, operator) ? FACTORIES[operator] : undefined;
  if (!factory) throw errors.location(15952, `unknown group operator '${operator}'`);
  if (Array.isArray(spec[operator]) && operator !== '$push' && operator !== '$addToSet')
    throw errors.location(40237, `The ${operator} accumulator is a unary operator`);
  if (operator === '$count' && typeOf(spec.$count) !== 'object')
    throw errors.typeMismatch('$count takes no arguments');
  if (TAKES_A_DOCUMENT.test(operator)) return factory(() => null, spec[operator], environment);
  const expression = compileExpression(spec[operator], environment);
  return factory((doc) => expression(doc), spec[operator], environment);
}
