import {
  Binary,
  BSONRegExp,
  Decimal128,
  Double,
  Int32,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
  Timestamp,
} from 'bson';
import fc from 'fast-check';

const whole = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.integer());
const longs = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.bigInt({ min: 2n ** 53n - 3n, max: 2n ** 53n + 3n }),
);
const decimals = fc
  .tuple(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), fc.integer({ min: -30, max: 30 }))
  .map(([coefficient, exponent]) => `${coefficient}E${exponent}`);

/** Numbers of all four types, with many that are equal or neighbours. */
export const numbers: fc.Arbitrary<unknown> = fc.oneof(
  whole.map((n) => new Int32(n)),
  whole.map((n) => new Double(n)),
  whole.map((n) => Long.fromNumber(n)),
  whole.map((n) => Decimal128.fromString(String(n))),
  fc.double().map((n) => new Double(n)),
  fc.constantFrom(9007199254740992, 9007199254740994, 0.1, -0, 1e300, 5e-324).map((n) => new Double(n)),
  longs.map((n) => Long.fromBigInt(n)),
  longs.map((n) => Decimal128.fromString(String(n))),
  decimals.map((text) => Decimal128.fromString(text)),
  fc
    .constantFrom('NaN', 'Infinity', '-Infinity', '0.1', '1E+400', '-1E+400', '1E-400')
    .map((text) => Decimal128.fromString(text)),
);

export const scalars: fc.Arbitrary<unknown> = fc.oneof(
  numbers,
  fc.string({ unit: 'grapheme', maxLength: 5 }),
  fc.constantFrom('', 'a', 'a\0', 'a\0b', 'ab', '\uffff', '😀'),
  fc.constant(null),
  fc.boolean(),
  fc.date({ noInvalidDate: true }),
  fc.uint8Array({ minLength: 12, maxLength: 12 }).map((bytes) => new ObjectId(bytes)),
  fc.uint8Array({ maxLength: 4 }).map((bytes) => new Binary(bytes)),
  fc.tuple(fc.nat(5), fc.nat(5)).map(([t, i]) => new Timestamp({ t, i })),
  fc.constantFrom(new BSONRegExp('a', 'i'), new BSONRegExp('a', ''), new BSONRegExp('b', '')),
  fc.constantFrom(new MinKey(), new MaxKey()),
);

const names = fc.constantFrom('a', 'b', 'aa', 'ü');

/** Any value, nested a little. */
export const values: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof({ depthSize: 'small', maxDepth: 3 }, scalars, tie('array'), tie('document')),
  array: fc.array(tie('value'), { maxLength: 3 }),
  document: fc
    .uniqueArray(fc.tuple(names, tie('value')), { maxLength: 3, selector: ([name]) => name })
    .map((fields) => Object.fromEntries(fields)),
})).value;
