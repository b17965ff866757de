/** $type and the conversions. */
import { Decimal128, Double, Int32, Long, ObjectId } from 'bson';
import { CommandError, errors } from '../../errors.ts';
import { stringOf } from '../bson/compare.ts';
import { exactOf, isInt32Range, isInt64Range, toNumber } from '../bson/numbers.ts';
import { type Doc, isNullish, isNumber, TYPE_NUMBERS, type TypeName, typeOf } from '../bson/types.ts';
import { truthy } from './truthy.ts';
import { unary, type ValueOperator } from './value-operator.ts';

const CONVERSION_FAILURE = 241;
const refuse = (value: unknown, target: string, why = ''): never => {
  throw new CommandError(
    CONVERSION_FAILURE,
    'ConversionFailure',
    why || `Unsupported conversion from ${typeOf(value)} to ${target} in $convert with no onError value`,
  );
};

function numberFrom(value: unknown, target: string): number | bigint {
  if (isNumber(value)) {
    const exact = exactOf(value);
    return typeof exact === 'object' ? toNumber(value) : exact;
  }
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (value instanceof Date && target !== 'int') return value.getTime();
  if (typeof value !== 'string') return refuse(value, target);
  const pattern = target === 'double' ? /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i : /^[+-]?\d+$/;
  if (!pattern.test(value))
    return refuse(value, target, `Failed to parse number '${value}' in $convert with no onError value`);
  return target === 'double' ? Number(value) : BigInt(value);
}

function wholeFrom(value: unknown, target: string): bigint {
  const n = numberFrom(value, target);
  if (typeof n === 'number' && !Number.isFinite(n))
    return refuse(value, target, `Attempt to convert ${n} to integer in $convert with no onError value`);
  const whole = BigInt(typeof n === 'number' ? Math.trunc(n) : n);
  const fits = target === 'int' ? isInt32Range(whole) : isInt64Range(whole);
  return fits
    ? whole
    : refuse(value, target, `Conversion would overflow target type in $convert with no onError value: ${n}`);
}

function dateFrom(value: unknown): Date {
  if (value instanceof Date) return value;
  if (value instanceof ObjectId) return value.getTimestamp();
  if (isNumber(value) && typeOf(value) !== 'int') return new Date(Math.trunc(toNumber(value)));
  if (typeof value !== 'string') return refuse(value, 'date');
  const hasZone = /(Z|[+-]\d{2}:?\d{2})$/.test(value);
  const date = new Date(hasZone || /^\d{4}-\d{2}-\d{2}$/.test(value) ? value : `${value}Z`);
  return Number.isNaN(date.getTime()) ? refuse(value, 'date', `Error parsing date string '${value}'`) : date;
}

function textFrom(value: unknown): string {
  switch (typeOf(value)) {
    case 'string':
    case 'symbol':
      return stringOf(value);
    case 'date':
      return (value as Date).toISOString();
    case 'bool':
    case 'int':
    case 'long':
    case 'double':
    case 'decimal':
    case 'objectId':
      return String(value);
    default:
      return refuse(value, 'string');
  }
}

function objectIdFrom(value: unknown): ObjectId {
  if (value instanceof ObjectId) return value;
  if (typeof value === 'string' && /^[0-9a-f]{24}$/i.test(value)) return new ObjectId(value);
  return refuse(
    value,
    'objectId',
    `Failed to parse objectId '${String(value)}' in $convert with no onError value`,
  );
}

const CONVERSIONS: Readonly<Record<string, (value: unknown) => unknown>> = {
  int: (value) => new Int32(Number(wholeFrom(value, 'int'))),
  long: (value) => Long.fromBigInt(wholeFrom(value, 'long')),
  double: (value) => new Double(Number(numberFrom(value, 'double'))),
  decimal: (value) =>
    Decimal128.fromString(
      typeof value === 'string' ? value : String(isNumber(value) ? value : numberFrom(value, 'double')),
    ),
  string: textFrom,
  bool: truthy,
  date: dateFrom,
  objectId: objectIdFrom,
};

function convert(given: Doc): unknown {
  const target = typeof given.to === 'string' ? given.to : nameOfType(given.to);
  const run = CONVERSIONS[target];
  if (!run) throw errors.badValue(`Unknown type name: ${target}`);
  if (isNullish(given.input)) return 'onNull' in given ? given.onNull : null;
  try {
    return run(given.input);
  } catch (error) {
    if (error instanceof CommandError && error.code === CONVERSION_FAILURE && 'onError' in given)
      return given.onError;
    throw error;
  }
}

const nameOfType = (number: unknown): string =>
  Object.keys(TYPE_NUMBERS).find((name) => TYPE_NUMBERS[name] === toNumber(number)) ?? '';

const conversion = (target: string): ValueOperator =>
  unary((value) => (isNullish(value) ? null : CONVERSIONS[target]?.(value)));

export const TYPE_OPERATORS: Readonly<Record<string, ValueOperator>> = {
  $type: unary((value): TypeName => typeOf(value)),
  $convert: unary((given) => convert(given as Doc)),
  $toInt: conversion('int'),
  $toLong: conversion('long'),
  $toDouble: conversion('double'),
  $toDecimal: conversion('decimal'),
  $toString: conversion('string'),
  $toBool: conversion('bool'),
  $toDate: conversion('date'),
  $toObjectId: conversion('objectId'),
};
