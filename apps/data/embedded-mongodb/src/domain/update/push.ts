import { errors } from '../../errors.ts';
import { compareValues } from '../bson/compare.ts';
import { toNumber, wholeNumber } from '../bson/numbers.ts';
import { type Doc, isDocument, isNumber, typeOf } from '../bson/types.ts';
import { parseSort, sortBy } from '../query/sort.ts';
import { arrayIn, type ValueUpdate } from './value-updates.ts';

const MODIFIERS = ['$each', '$slice', '$position', '$sort'];

/** `$push` with its modifiers, in MongoDB's order: place, sort, cut. */
export const push: ValueUpdate = (current, operand, target) => {
  const array = arrayIn('$push', current, target) ?? [];
  if (!isDocument(operand) || !('$each' in operand)) return [...array, operand];
  for (const name of Object.keys(operand))
    if (!MODIFIERS.includes(name)) throw errors.badValue(`Unrecognized clause in $push: ${name}`);
  const { $each, $position, $slice } = operand;
  if (!Array.isArray($each))
    throw errors.badValue(
      `The argument to $each in $push must be an array but it was of type: ${typeOf($each)}`,
    );
  const at = $position === undefined ? array.length : whole('$position', $position);
  const result = [...array];
  result.splice(at < 0 ? Math.max(0, array.length + at) : at, 0, ...$each);
  return cut(sorted(result, operand), $slice);
};

function whole(name: string, value: unknown): number {
  const n = isNumber(value) ? wholeNumber(value) : undefined;
  if (n === undefined)
    throw errors.badValue(
      `The value for ${name} must be an integer value but was given type: ${typeOf(value)}`,
    );
  return n;
}

function sorted(elements: unknown[], operand: Doc): unknown[] {
  if (!('$sort' in operand)) return elements;
  const spec = operand.$sort;
  if (isDocument(spec))
    return sortBy(elements, (element) => (isDocument(element) ? element : {}), parseSort(spec));
  if (!isNumber(spec) || Math.abs(toNumber(spec)) !== 1)
    throw errors.badValue(
      'The $sort is invalid: use 1/-1 to sort the whole element, or {field:1/-1} to sort embedded fields',
    );
  return elements.sort((a, b) => compareValues(a, b) * toNumber(spec));
}

function cut(elements: unknown[], operand: unknown): unknown[] {
  if (operand === undefined) return elements;
  const n = whole('$slice', operand);
  return n >= 0 ? elements.slice(0, n) : elements.slice(n);
}
