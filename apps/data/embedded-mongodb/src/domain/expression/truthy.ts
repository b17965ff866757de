import { isNaNValue, toNumber } from '../bson/numbers.ts';
import { isNullish, isNumber } from '../bson/types.ts';

/** MongoDB's idea of true: everything but false, zero, null and missing. */
export function truthy(value: unknown): boolean {
  if (isNullish(value) || value === false) return false;
  return isNumber(value) ? toNumber(value) !== 0 || isNaNValue(value) : true;
}
