/** Bytes to documents and back, without losing a type. */
import { type DBRef, deserialize, serialize } from 'bson';
import { errors } from '../../errors.ts';
import type { Doc } from './types.ts';
import { isDocument } from './types.ts';

/** MongoDB's limit for one document. */
export const MAX_DOCUMENT_BYTES = 16 * 1024 * 1024;
/** Nesting MongoDB accepts. */
const MAX_DEPTH = 180;

const OPTIONS = {
  promoteValues: false,
  promoteLongs: false,
  promoteBuffers: false,
  bsonRegExp: true,
} as const;
const DBREF_FIELD = Buffer.from('$ref\0');

/** @throws CommandError InvalidBSON */
export function decode(bytes: Uint8Array): Doc {
  const buffer = Buffer.isBuffer(bytes)
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    const doc = deserialize(buffer, OPTIONS) as Doc;
    return buffer.includes(DBREF_FIELD) ? (withoutDbRefs(doc) as Doc) : doc;
  } catch (error) {
    throw errors.invalidBson(`invalid BSON: ${(error as Error).message}`);
  }
}

/** `bson` turns `{$ref, $id}` into a class of its own; to the server it is a document like any other. */
function withoutDbRefs(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutDbRefs);
  if ((value as { _bsontype?: string } | null)?._bsontype === 'DBRef') {
    const { collection, oid, db, fields } = value as DBRef;
    const plain = { $ref: collection, $id: oid, ...(db ? { $db: db } : {}), ...fields };
    return withoutDbRefs(plain);
  }
  if (!isDocument(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, withoutDbRefs(field)]));
}

export function encode(doc: Doc): Buffer {
  try {
    const bytes = serialize(doc, { ignoreUndefined: true });
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  } catch (error) {
    if (error instanceof RangeError) throw errors.bsonObjectTooLarge('object to insert too large');
    throw errors.badValue((error as Error).message);
  }
}

/** Encodes a document that is going to be stored. @throws CommandError BSONObjectTooLarge */
export function encodeStored(doc: Doc): Buffer {
  const bytes = encode(doc);
  checkSize(bytes.length);
  return bytes;
}

export function checkSize(sizeBytes: number): void {
  if (sizeBytes > MAX_DOCUMENT_BYTES)
    throw errors.bsonObjectTooLarge(
      `object to insert too large. size in bytes: ${sizeBytes}, max size: ${MAX_DOCUMENT_BYTES}`,
    );
}

/** @throws CommandError Overflow-like BadValue when a document is nested deeper than MongoDB allows */
export function checkDepth(value: unknown, depth = 0): void {
  if (depth > MAX_DEPTH) throw errors.badValue(`exceeded maximum BSON depth of ${MAX_DEPTH}`);
  if (Array.isArray(value)) for (const element of value) checkDepth(element, depth + 1);
  else if (isDocument(value)) for (const name in value) checkDepth(value[name], depth + 1);
}

/** A copy whose documents and arrays may be changed; scalars are shared, they are never changed in place. */
export function cloneValue<T>(value: T): T {
  if (Array.isArray(value)) return value.map(cloneValue) as T;
  if (!isDocument(value)) return value;
  const copy: Doc = {};
  for (const name of Object.keys(value)) setField(copy, name, cloneValue(value[name]));
  return copy as T;
}

/** Sets a field without ever touching the prototype: `__proto__` is a field name like any other. */
export function setField(doc: Doc, name: string, value: unknown): void {
  if (name === '__proto__')
    Object.defineProperty(doc, name, { value, writable: true, enumerable: true, configurable: true });
  else doc[name] = value;
}

/** Reads an own field; what an object inherits is no field. */
export const getField = (doc: Doc, name: string): unknown =>
  Object.hasOwn(doc, name) ? doc[name] : undefined;
