import { errors } from '../../errors.ts';
import { setField } from '../bson/codec.ts';
import { compareValues, equalValues } from '../bson/compare.ts';
import { int, toNumber, wholeNumber } from '../bson/numbers.ts';
import { type Doc, isDocument, isNullish, isNumber, typeOf } from '../bson/types.ts';
import { parseSort, sortBy } from '../query/sort.ts';
import { truthy } from './truthy.ts';
import { binary, unary, type ValueOperator, variadic } from './value-operator.ts';

function arrayOf(operator: string, value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  throw errors.location(28689, `${operator}'s argument must be an array, but is of type ${typeOf(value)}`);
}

/** A function of one array; null stays null. */
const onArray = (operator: string, run: (elements: unknown[]) => unknown): ValueOperator =>
  unary((value) => (isNullish(value) ? null : run(arrayOf(operator, value))));

function elementAt(value: unknown, position: unknown): unknown {
  if (isNullish(value) || isNullish(position)) return null;
  const index = wholeNumber(position);
  if (index === undefined) throw errors.location(28691, '$arrayElemAt needs an integral position');
  return arrayOf('$arrayElemAt', value).at(index);
}

function slice([value, a, b]: unknown[]): unknown {
  if (isNullish(value) || isNullish(a)) return null;
  const elements = arrayOf('$slice', value);
  const first = toNumber(a);
  if (b === undefined) return first >= 0 ? elements.slice(0, first) : elements.slice(first);
  const start = first >= 0 ? first : Math.max(0, elements.length + first);
  return elements.slice(start, start + toNumber(b));
}

function range([start, end, step = int(1)]: unknown[]): unknown {
  const [from, to, by] = [start, end, step].map(wholeNumber);
  if (from === undefined || to === undefined || by === undefined)
    throw errors.location(34443, '$range needs whole numbers');
  if (by === 0) throw errors.location(34449, '$range requires a non-zero step value');
  const size = Math.max(0, Math.ceil((to - from) / by));
  return Array.from({ length: size }, (_, index) => int(from + index * by));
}

function zip(given: Doc): unknown {
  const inputs = given.inputs as unknown[];
  if (inputs.some(isNullish)) return null;
  const arrays = inputs.map((input) => arrayOf('$zip', input));
  const lengths = arrays.map((array) => array.length);
  const size = truthy(given.useLongestLength) ? Math.max(...lengths) : Math.min(...lengths);
  const defaults = (given.defaults as unknown[] | undefined) ?? [];
  return Array.from({ length: size }, (_, row) =>
    arrays.map((array, column) => (row < array.length ? array[row] : (defaults[column] ?? null))),
  );
}

function arrayToObject(elements: unknown[]): unknown {
  const result: Doc = {};
  for (const element of elements) {
    const [key, value] = Array.isArray(element) ? element : isDocument(element) ? [element.k, element.v] : [];
    if (typeof key !== 'string')
      throw errors.location(40386, '$arrayToObject requires pairs of a string and a value');
    setField(result, key, value);
  }
  return result;
}

function sortArray(given: Doc): unknown {
  if (isNullish(given.input)) return null;
  const elements = arrayOf('$sortArray', given.input);
  if (isDocument(given.sortBy))
    return sortBy(elements, (element) => (isDocument(element) ? element : {}), parseSort(given.sortBy));
  const direction = toNumber(given.sortBy);
  return [...elements].sort((a, b) => compareValues(a, b) * direction);
}

function positionOf([value, wanted, from, to]: unknown[]): unknown {
  if (isNullish(value)) return null;
  const elements = arrayOf('$indexOfArray', value);
  const start = from === undefined ? 0 : toNumber(from);
  const end = to === undefined ? elements.length : Math.min(elements.length, toNumber(to));
  for (let i = start; i < end; i++) if (equalValues(elements[i], wanted)) return int(i);
  return int(-1);
}

/** The first `n` of an array in some order. */
const several = (operator: string, pick: (elements: unknown[], n: number) => unknown[]): ValueOperator =>
  unary((given) => {
    const { input, n } = given as Doc;
    const size = wholeNumber(n);
    if (size === undefined || size < 1)
      throw errors.location(5787902, `'n' of ${operator} must be a positive integer`);
    return isNullish(input) ? null : pick(arrayOf(operator, input), size);
  });

const present = (elements: unknown[]): unknown[] => elements.filter((element) => !isNullish(element));

export const ARRAY_OPERATORS: Readonly<Record<string, ValueOperator>> = {
  $size: unary((value) => {
    if (Array.isArray(value)) return int(value.length);
    throw errors.location(17124, `The argument to $size must be an array, but was of type: ${typeOf(value)}`);
  }),
  $isArray: unary(Array.isArray),
  $arrayElemAt: binary(elementAt),
  $first: onArray('$first', (elements) => elements[0]),
  $last: onArray('$last', (elements) => elements.at(-1)),
  $concatArrays: variadic((args) =>
    args.some(isNullish) ? null : args.flatMap((value) => arrayOf('$concatArrays', value)),
  ),
  $slice: variadic(slice, 2, 3),
  $in: binary((wanted, value) => {
    if (!Array.isArray(value))
      throw errors.location(40081, `$in requires an array as a second argument, found: ${typeOf(value)}`);
    return value.some((element) => equalValues(element, wanted));
  }),
  $indexOfArray: variadic(positionOf, 2, 4),
  $reverseArray: onArray('$reverseArray', (elements) => [...elements].reverse()),
  $range: variadic(range, 2, 3),
  $zip: unary((given) => zip(given as Doc)),
  $arrayToObject: onArray('$arrayToObject', arrayToObject),
  $objectToArray: unary((value) =>
    isDocument(value) ? Object.keys(value).map((k) => ({ k, v: value[k] })) : null,
  ),
  $sortArray: unary((given) => sortArray(given as Doc)),
  $firstN: several('$firstN', (elements, n) => elements.slice(0, n)),
  $lastN: several('$lastN', (elements, n) => elements.slice(-n)),
  $minN: several('$minN', (elements, n) => present(elements).sort(compareValues).slice(0, n)),
  $maxN: several('$maxN', (elements, n) =>
    present(elements)
      .sort((a, b) => compareValues(b, a))
      .slice(0, n),
  ),
  $isNumber: unary(isNumber),
};
