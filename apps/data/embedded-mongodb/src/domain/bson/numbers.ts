/** Numbers of the four BSON types: comparing by value, and arithmetic with MongoDB's widening rules. */
import { Decimal128, Double, Int32, Long } from 'bson';
import {
  addDecimals,
  compareDecimals,
  type Decimal,
  multiplyDecimals,
  negateDecimal,
  partsOfDecimal128,
  partsOfDouble,
  toDecimal128,
} from './decimal.ts';
import { type NumberValue, typeOf } from './types.ts';

const INT32_MAX = 2 ** 31 - 1;
const INT32_MIN = -(2 ** 31);
const INT64_MAX = 2n ** 63n - 1n;
const INT64_MIN = -(2n ** 63n);

/** A JS number when that is exact, else a bigint, else a decimal. */
export function exactOf(value: unknown): number | bigint | Decimal {
  switch (typeOf(value)) {
    case 'int':
    case 'double':
      return Number(value);
    case 'long': {
      if (typeof value === 'bigint') return value;
      const long = value as Long;
      return Number.isSafeInteger(long.toNumber()) ? long.toNumber() : long.toBigInt();
    }
    default:
      return partsOfDecimal128(value as Decimal128);
  }
}

/** The nearest double. */
export function toNumber(value: unknown): number {
  const exact = exactOf(value);
  return typeof exact === 'object' ? Number((value as Decimal128).toString()) : Number(exact);
}

const asDecimal = (value: number | bigint | Decimal): Decimal | number => {
  if (typeof value === 'bigint') return { coefficient: value, exponent: 0 };
  if (typeof value === 'number') return Number.isFinite(value) ? partsOfDouble(value) : value;
  return value;
};

/** By value across types; NaN equals NaN and is below every other number. */
export function compareNumbers(a: unknown, b: unknown): number {
  const left = exactOf(a);
  const right = exactOf(b);
  if (Number.isNaN(left)) return Number.isNaN(right) ? 0 : -1;
  if (Number.isNaN(right)) return 1;
  if (typeof left !== 'object' && typeof right !== 'object') return left < right ? -1 : left > right ? 1 : 0;
  const x = asDecimal(left);
  const y = asDecimal(right);
  if (typeof x === 'object' && typeof y === 'object') return compareDecimals(x, y);
  const limit = (n: Decimal | number): number => (typeof n === 'object' ? 0 : n);
  return limit(x) < limit(y) ? -1 : limit(x) > limit(y) ? 1 : 0;
}

export const isNaNValue = (value: unknown): boolean => Number.isNaN(toNumber(value));
export const isInt32Range = (n: number | bigint): boolean => n >= INT32_MIN && n <= INT32_MAX;
export const isInt64Range = (n: bigint): boolean => n >= INT64_MIN && n <= INT64_MAX;

/** A whole number as the narrowest of int32, int64; a double where neither holds it. */
export function integer(n: bigint, atLeastLong = false): NumberValue {
  if (!atLeastLong && isInt32Range(n)) return new Int32(Number(n));
  return isInt64Range(n) ? Long.fromBigInt(n) : new Double(Number(n));
}

export const int = (n: number): Int32 => new Int32(n);
export const double = (n: number): Double => new Double(n);
/** A count: int32 while it fits, then int64. */
export const count = (n: number): NumberValue => integer(BigInt(n));

type Operation = 'add' | 'subtract' | 'multiply';

const onBigInt = (op: Operation, a: bigint, b: bigint): bigint =>
  op === 'add' ? a + b : op === 'subtract' ? a - b : a * b;
const onNumber = (op: Operation, a: number, b: number): number =>
  op === 'add' ? a + b : op === 'subtract' ? a - b : a * b;
const onDecimal = (op: Operation, a: Decimal, b: Decimal): Decimal =>
  op === 'multiply' ? multiplyDecimals(a, b) : addDecimals(a, op === 'subtract' ? negateDecimal(b) : b);

/** decimal beats double beats long beats int; an int result that overflows becomes a long, a long one a double. */
export function arithmetic(op: Operation, a: unknown, b: unknown): NumberValue {
  const types = [typeOf(a), typeOf(b)];
  if (types.includes('decimal')) {
    const x = asDecimal(exactOf(a));
    const y = asDecimal(exactOf(b));
    if (typeof x === 'object' && typeof y === 'object') return toDecimal128(onDecimal(op, x, y));
    return Decimal128.fromString(String(onNumber(op, toNumber(a), toNumber(b))));
  }
  if (types.includes('double')) return new Double(onNumber(op, toNumber(a), toNumber(b)));
  const result = onBigInt(op, BigInt(exactOf(a) as number), BigInt(exactOf(b) as number));
  return integer(result, types.includes('long'));
}

/** True when both are integers and the exact result does not fit an int64. */
export function overflowsLong(op: Operation, a: unknown, b: unknown): boolean {
  const whole = (v: unknown): boolean => typeOf(v) === 'int' || typeOf(v) === 'long';
  return whole(a) && whole(b) && typeOf(arithmetic(op, a, b)) === 'double';
}

/** The whole number a value stands for, or undefined when it is none (fraction, NaN, other type). */
export function wholeNumber(value: unknown): number | undefined {
  if (!['int', 'long', 'double', 'decimal'].includes(typeOf(value))) return undefined;
  const n = toNumber(value);
  return Number.isInteger(n) ? n : undefined;
}

/** The value as an int64, or undefined when it is no whole number of that range. */
export function wholeBigInt(value: unknown): bigint | undefined {
  const exact = exactOf(value);
  if (typeof exact === 'bigint') return exact;
  const n = toNumber(value);
  return Number.isInteger(n) && isInt64Range(BigInt(n)) ? BigInt(n) : undefined;
}
