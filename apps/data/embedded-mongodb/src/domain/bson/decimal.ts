/** Exact decimal arithmetic on BigInt for Decimal128: a value is `coefficient × 10^exponent`. */
import { Decimal128 } from 'bson';

export interface Decimal {
  coefficient: bigint;
  exponent: number;
}

/** Significant digits of Decimal128 (IEEE 754-2008 decimal128). */
const MAX_DIGITS = 34;

/** The finite value as a decimal, or the double it equals when it is NaN or infinite. */
export function partsOfDecimal128(value: Decimal128): Decimal | number {
  const text = value.toString();
  if (text === 'NaN') return Number.NaN;
  if (text === 'Infinity') return Number.POSITIVE_INFINITY;
  if (text === '-Infinity') return Number.NEGATIVE_INFINITY;
  return parseDecimal(text);
}

export function parseDecimal(text: string): Decimal {
  const [mantissa = '0', exponentText = '0'] = text.toLowerCase().split('e');
  const dot = mantissa.indexOf('.');
  const fraction = dot < 0 ? 0 : mantissa.length - dot - 1;
  return { coefficient: BigInt(mantissa.replace('.', '')), exponent: Number(exponentText) - fraction };
}

/** The exact value of a finite double: every double has a finite decimal expansion. */
export function partsOfDouble(value: number): Decimal {
  if (Number.isInteger(value)) return { coefficient: BigInt(value), exponent: 0 };
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const biased = Number((bits >> 52n) & 0x7ffn);
  const mantissa = (bits & 0xfffffffffffffn) | (biased === 0 ? 0n : 1n << 52n);
  const shift = 1075 - Math.max(biased, 1);
  const signed = bits >> 63n ? -mantissa : mantissa;
  return { coefficient: signed * 5n ** BigInt(shift), exponent: -shift };
}

const aligned = (a: Decimal, b: Decimal): [bigint, bigint, number] => {
  const exponent = Math.min(a.exponent, b.exponent);
  return [
    a.coefficient * 10n ** BigInt(a.exponent - exponent),
    b.coefficient * 10n ** BigInt(b.exponent - exponent),
    exponent,
  ];
};

export function addDecimals(a: Decimal, b: Decimal): Decimal {
  const [left, right, exponent] = aligned(a, b);
  return { coefficient: left + right, exponent };
}

export const negateDecimal = (a: Decimal): Decimal => ({ coefficient: -a.coefficient, exponent: a.exponent });

export const multiplyDecimals = (a: Decimal, b: Decimal): Decimal => ({
  coefficient: a.coefficient * b.coefficient,
  exponent: a.exponent + b.exponent,
});

/** Quotient to more digits than Decimal128 keeps. */
export function divideDecimals(a: Decimal, b: Decimal): Decimal {
  const scale = MAX_DIGITS + 2 + b.coefficient.toString().length;
  return trimmed({
    coefficient: (a.coefficient * 10n ** BigInt(scale)) / b.coefficient,
    exponent: a.exponent - b.exponent - scale,
  });
}

/** The same value without trailing zeros. */
export function trimmed(a: Decimal): Decimal {
  if (a.coefficient === 0n) return { coefficient: 0n, exponent: 0 };
  const text = a.coefficient.toString();
  const zeros = text.length - text.replace(/0+$/, '').length;
  return { coefficient: BigInt(text.slice(0, text.length - zeros)), exponent: a.exponent + zeros };
}

export function compareDecimals(a: Decimal, b: Decimal): number {
  const signA = a.coefficient < 0n ? -1 : a.coefficient > 0n ? 1 : 0;
  const signB = b.coefficient < 0n ? -1 : b.coefficient > 0n ? 1 : 0;
  if (signA !== signB || signA === 0) return Math.sign(signA - signB);
  const magnitude = (x: Decimal): number => x.exponent + x.coefficient.toString().replace('-', '').length;
  if (magnitude(a) !== magnitude(b)) return Math.sign(magnitude(a) - magnitude(b)) * signA;
  const [left, right] = aligned(a, b);
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Rounds half to even to 34 digits. */
export function toDecimal128(a: Decimal): Decimal128 {
  const negative = a.coefficient < 0n;
  let digits = negative ? -a.coefficient : a.coefficient;
  let { exponent } = a;
  const excess = digits.toString().length - MAX_DIGITS;
  if (excess > 0) {
    const divisor = 10n ** BigInt(excess);
    const rest = (digits % divisor) * 2n;
    digits /= divisor;
    if (rest > divisor || (rest === divisor && digits % 2n === 1n)) digits += 1n;
    exponent += excess;
  }
  return Decimal128.fromString(`${negative ? '-' : ''}${digits}E${exponent >= 0 ? '+' : ''}${exponent}`);
}
