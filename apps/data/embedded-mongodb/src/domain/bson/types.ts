/**
 * What a decoded BSON value is. Values inside this server are what `bson` yields with `promoteValues: false`: numbers stay
 * Int32, Double, Long or Decimal128 objects, so that no type is lost between reading and writing a document.
 */
import type { Binary, BSONRegExp, Code, Decimal128, Double, Int32, Long, ObjectId, Timestamp } from 'bson';

export type Value = unknown;
export type Doc = Record<string, unknown>;
export type NumberValue = Int32 | Double | Long | Decimal128;

export type TypeName =
  | 'missing'
  | 'minKey'
  | 'undefined'
  | 'null'
  | 'int'
  | 'long'
  | 'double'
  | 'decimal'
  | 'string'
  | 'symbol'
  | 'object'
  | 'array'
  | 'binData'
  | 'objectId'
  | 'bool'
  | 'date'
  | 'timestamp'
  | 'regex'
  | 'javascript'
  | 'javascriptWithScope'
  | 'maxKey';

/** BSON type numbers as `$type` takes them. */
export const TYPE_NUMBERS: Readonly<Record<string, number>> = {
  double: 1,
  string: 2,
  object: 3,
  array: 4,
  binData: 5,
  undefined: 6,
  objectId: 7,
  bool: 8,
  date: 9,
  null: 10,
  regex: 11,
  javascript: 13,
  symbol: 14,
  javascriptWithScope: 15,
  int: 16,
  timestamp: 17,
  long: 18,
  decimal: 19,
  minKey: -1,
  maxKey: 127,
};

/**
 * MongoDB's comparison order between types; values of one rank compare with each other.
 * Source: `canonicalizeBSONType` in mongo/src/mongo/bson/bsontypes.h.
 */
const RANKS: Readonly<Record<TypeName, number>> = {
  minKey: 1,
  missing: 2,
  undefined: 2,
  null: 5,
  int: 10,
  long: 10,
  double: 10,
  decimal: 10,
  string: 15,
  symbol: 15,
  object: 20,
  array: 25,
  binData: 30,
  objectId: 35,
  bool: 40,
  date: 45,
  timestamp: 47,
  regex: 50,
  javascript: 60,
  javascriptWithScope: 65,
  maxKey: 127,
};

const BSON_TYPES: Readonly<Record<string, TypeName>> = {
  Int32: 'int',
  Double: 'double',
  Long: 'long',
  Decimal128: 'decimal',
  ObjectId: 'objectId',
  Binary: 'binData',
  Timestamp: 'timestamp',
  BSONRegExp: 'regex',
  BSONSymbol: 'symbol',
  MinKey: 'minKey',
  MaxKey: 'maxKey',
};

/** True for an embedded document, false for arrays and for every BSON class. */
export function isDocument(value: unknown): value is Doc {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

export function typeOf(value: unknown): TypeName {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  switch (typeof value) {
    case 'string':
      return 'string';
    case 'boolean':
      return 'bool';
    case 'number':
      return 'double';
    case 'bigint':
      return 'long';
    default:
  }
  if (Array.isArray(value)) return 'array';
  if (value instanceof Date) return 'date';
  if (isDocument(value)) return 'object';
  const name = (value as { _bsontype?: string })._bsontype;
  if (name === 'Code') return (value as Code).scope ? 'javascriptWithScope' : 'javascript';
  return (name === undefined ? undefined : BSON_TYPES[name]) ?? 'object';
}

/** The place of the value's type in the comparison order. */
export const rankOf = (value: unknown): number => RANKS[typeOf(value)];

export const isNumber = (value: unknown): value is NumberValue => rankOf(value) === 10;
export const isNullish = (value: unknown): value is null | undefined => value === null || value === undefined;
export const isObjectId = (value: unknown): value is ObjectId => typeOf(value) === 'objectId';
export const isBinary = (value: unknown): value is Binary => typeOf(value) === 'binData';
export const isRegex = (value: unknown): value is BSONRegExp => typeOf(value) === 'regex';
export const isTimestamp = (value: unknown): value is Timestamp => typeOf(value) === 'timestamp';
export const isString = (value: unknown): value is string => typeof value === 'string';
