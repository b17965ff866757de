/**
 * Order-preserving bytes: `Buffer.compare(encode(a), encode(b))` equals `compareValues(a, b)`, and no encoding is a prefix
 * of another, so keys of several fields are simply joined. Index tables, sort keys and group keys are made of these.
 *
 *   key     = rank byte, body
 *   number  = nearest double (8 bytes, order-preserving), then what that double leaves over: 80 for nothing,
 *             else 81 (or 7f and inverted) decimal exponent and digits; so 2^53+1 as int64 and as decimal are one key
 *   string  = UTF-8 with 00 → 00 ff, ended by 00 00
 *   object  = per field: rank byte, name 00, body; ended by 00
 *   array   = per element: rank byte, body; ended by 00
 */
import type { Binary, BSONRegExp, Code, Decimal128, Long, ObjectId, Timestamp } from 'bson';
import { ByteWriter } from './byte-writer.ts';
import { stringOf } from './compare.ts';
import { addDecimals, type Decimal, negateDecimal, partsOfDouble, trimmed } from './decimal.ts';
import { exactOf } from './numbers.ts';
import { type Doc, rankOf } from './types.ts';

/** Decimal128 exponents reach from -6176 to 6144; the bias makes them positive. */
const EXPONENT_BIAS = 20_000;

function writeDouble(out: ByteWriter, value: number): void {
  if (Number.isNaN(value)) out.zeros(8);
  else out.orderedDouble(value === 0 ? 0 : value);
}

function writeRest(out: ByteWriter, rest: Decimal): void {
  if (rest.coefficient === 0n) {
    out.byte(0x80);
    return;
  }
  const { coefficient, exponent } = trimmed(rest);
  const negative = coefficient < 0n;
  const digits = (negative ? -coefficient : coefficient).toString();
  out.byte(negative ? 0x7f : 0x81);
  const start = out.length;
  out.uint16(exponent + digits.length + EXPONENT_BIAS);
  out.ascii(digits);
  out.byte(0);
  if (negative) out.invert(start);
}

function writeNumber(out: ByteWriter, value: unknown): void {
  const exact = exactOf(value);
  if (typeof exact === 'number') {
    writeDouble(out, exact);
    out.byte(0x80);
    return;
  }
  const whole: Decimal = typeof exact === 'bigint' ? { coefficient: exact, exponent: 0 } : exact;
  const nearest = typeof exact === 'bigint' ? Number(exact) : Number((value as Decimal128).toString());
  const clamped = Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, nearest));
  writeDouble(out, clamped);
  writeRest(out, addDecimals(whole, negateDecimal(partsOfDouble(clamped))));
}

function writeDocument(out: ByteWriter, value: Doc): void {
  for (const name of Object.keys(value)) {
    out.byte(rankOf(value[name]));
    out.text(name);
    out.byte(0);
    writeBody(out, value[name]);
  }
  out.byte(0);
}

function writeBinary(out: ByteWriter, value: Binary): void {
  out.uint32(value.length());
  out.byte(value.sub_type);
  out.bytes(value.value());
}

function writeBody(out: ByteWriter, value: unknown): void {
  switch (rankOf(value)) {
    case 10:
      writeNumber(out, value);
      break;
    case 15:
      out.escapedText(stringOf(value));
      break;
    case 20:
      writeDocument(out, value as Doc);
      break;
    case 25:
      for (const element of value as unknown[]) writeValue(out, element);
      out.byte(0);
      break;
    case 30:
      writeBinary(out, value as Binary);
      break;
    case 35:
      out.bytes((value as ObjectId).id);
      break;
    case 40:
      out.byte(value ? 1 : 0);
      break;
    case 45:
      out.orderedInt64(BigInt((value as Date).getTime() || 0));
      break;
    case 47:
      out.uint32((value as Timestamp).getHighBitsUnsigned());
      out.uint32((value as Long).getLowBitsUnsigned());
      break;
    case 50:
      out.escapedText((value as BSONRegExp).pattern);
      out.escapedText((value as BSONRegExp).options);
      break;
    case 60:
      out.escapedText((value as Code).code);
      break;
    case 65:
      out.escapedText((value as Code).code);
      writeDocument(out, (value as Code).scope ?? {});
      break;
    default:
  }
}

function writeValue(out: ByteWriter, value: unknown): void {
  out.byte(rankOf(value));
  writeBody(out, value);
}

/** The key of one value. */
export function encodeKey(value: unknown): Buffer {
  const out = new ByteWriter();
  writeValue(out, value);
  return out.take();
}

/** The key of one field of an index: inverted when the field runs downwards. */
export function encodeField(value: unknown, descending: boolean): Buffer {
  const key = encodeKey(value);
  if (descending) for (let i = 0; i < key.length; i++) key[i] = ~(key[i] as number) & 0xff;
  return key;
}

/** A key usable in a Map or Set: equal exactly when the values compare equal. */
export const hashKey = (value: unknown): string => encodeKey(value).toString('latin1');
