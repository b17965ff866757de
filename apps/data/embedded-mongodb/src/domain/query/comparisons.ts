/** Predicates on one value: equality, order within a type, membership, type, bits, modulo. */
import type { Binary, BSONRegExp } from 'bson';
import { errors } from '../../errors.ts';
import { compareValues } from '../bson/compare.ts';
import { hashKey } from '../bson/key-encoding.ts';
import { isNaNValue, toNumber, wholeBigInt, wholeNumber } from '../bson/numbers.ts';
import { isBinary, isNullish, isNumber, isRegex, rankOf, TYPE_NUMBERS, typeOf } from '../bson/types.ts';
import { regexOf } from './regex.ts';

export type Predicate = (value: unknown) => boolean;

export function equals(operand: unknown): Predicate {
  if (isNullish(operand)) return isNullish;
  if (typeof operand === 'string' || typeof operand === 'boolean')
    return (value) => value === operand || (typeof value === 'object' && compareValues(value, operand) === 0);
  return (value) => value !== undefined && compareValues(value, operand) === 0;
}

/** Equality, or a match where the operand is a regular expression. */
export const equalsOrMatches = (operand: unknown): Predicate =>
  isRegex(operand) ? matches(operand) : equals(operand);

export function matches(operand: BSONRegExp): Predicate {
  const regex = regexOf(operand);
  return (value) =>
    typeof value === 'string' ? regex.test(value) : isRegex(value) && compareValues(value, operand) === 0;
}

const ORDER_TESTS: Readonly<Record<string, (order: number) => boolean>> = {
  $gt: (order) => order > 0,
  $gte: (order) => order >= 0,
  $lt: (order) => order < 0,
  $lte: (order) => order <= 0,
};

/** $gt, $gte, $lt, $lte compare only within the operand's type. */
export function ordered(operator: string, operand: unknown): Predicate {
  const test = ORDER_TESTS[operator] as (order: number) => boolean;
  const includesEqual = operator.endsWith('e');
  if (isRegex(operand)) throw errors.badValue(`Can't have RegEx as arg to predicate over field`);
  if (isNullish(operand)) return (value) => includesEqual && isNullish(value);
  const rank = rankOf(operand);
  if (rank === 1 || rank === 127)
    return (value) => value !== undefined && test(compareValues(value, operand));
  if (rank === 10 && isNaNValue(operand))
    return (value) => includesEqual && isNumber(value) && isNaNValue(value);
  if (rank === 10)
    return (value) => rankOf(value) === 10 && !isNaNValue(value) && test(compareValues(value, operand));
  return (value) => rankOf(value) === rank && test(compareValues(value, operand));
}

/** Membership; null also stands for a missing field. */
export function oneOf(operator: string, operand: unknown): Predicate {
  if (!Array.isArray(operand)) throw errors.badValue(`${operator} needs an array`);
  for (const element of operand)
    if (typeOf(element) === 'object' && Object.keys(element as object)[0]?.startsWith('$'))
      throw errors.badValue(`cannot nest $ under ${operator}`);
  const patterns = operand.filter(isRegex).map(matches);
  const keys = new Set(operand.map(hashKey));
  const withNull = operand.some(isNullish);
  return (value) =>
    (isNullish(value) ? withNull : keys.has(hashKey(value))) || patterns.some((test) => test(value));
}

export function hasType(operand: unknown): Predicate {
  const wanted = new Set((Array.isArray(operand) ? operand : [operand]).flatMap(typeNames));
  if (wanted.size === 0) throw errors.failedToParse('a must match at least one type');
  return (value) => value !== undefined && wanted.has(typeOf(value));
}

function typeNames(alias: unknown): string[] {
  if (alias === 'number') return ['int', 'long', 'double', 'decimal'];
  if (typeof alias === 'string') {
    if (alias in TYPE_NUMBERS) return [alias];
    throw errors.badValue(`Unknown type name alias: ${alias}`);
  }
  if (!isNumber(alias)) throw errors.typeMismatch('type must be represented as a number or a string');
  const name = Object.keys(TYPE_NUMBERS).find((key) => TYPE_NUMBERS[key] === toNumber(alias));
  if (!name) throw errors.badValue(`Invalid numerical type code: ${toNumber(alias)}`);
  return [name];
}

export function modulo(operand: unknown): Predicate {
  if (!Array.isArray(operand)) throw errors.badValue('malformed mod, needs to be an array');
  if (operand.length < 2) throw errors.badValue('malformed mod, not enough elements');
  if (operand.length > 2) throw errors.badValue('malformed mod, too many elements');
  const [divisor, remainder] = operand.map((n) =>
    isNumber(n) && Number.isFinite(toNumber(n)) ? Math.trunc(toNumber(n)) : undefined,
  );
  if (divisor === undefined) throw errors.badValue('malformed mod, divisor not a number');
  if (remainder === undefined) throw errors.badValue('malformed mod, remainder not a number');
  if (divisor === 0) throw errors.badValue('divisor cannot be 0');
  return (value) =>
    isNumber(value) &&
    Number.isFinite(toNumber(value)) &&
    (Math.trunc(toNumber(value)) % divisor) + 0 === remainder;
}

function maskOf(operand: unknown): bigint {
  if (Array.isArray(operand))
    return operand.reduce<bigint>((mask, position) => mask | (1n << BigInt(wholeNumber(position) ?? 0)), 0n);
  if (isBinary(operand)) return bitsOfBinary(operand);
  const mask = isNumber(operand) ? wholeBigInt(operand) : undefined;
  if (mask === undefined || mask < 0n) throw errors.badValue('bit mask must be a non-negative whole number');
  return mask;
}

const bitsOfBinary = (value: Binary): bigint =>
  value.value().reduceRight<bigint>((bits, byte) => (bits << 8n) | BigInt(byte), 0n);

export function bits(operator: string, operand: unknown): Predicate {
  const mask = maskOf(operand);
  return (value) => {
    const set = isBinary(value) ? bitsOfBinary(value) : isNumber(value) ? wholeBigInt(value) : undefined;
    if (set === undefined) return false;
    const common = set & mask;
    if (operator === '$bitsAllSet') return common === mask;
    if (operator === '$bitsAnySet') return common !== 0n;
    return operator === '$bitsAllClear' ? common === 0n : common !== mask;
  };
}
