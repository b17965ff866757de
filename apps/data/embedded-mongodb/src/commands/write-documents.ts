/** The steps all writing commands share: inserting one document, changing one, saying what failed. */
import { ObjectId } from 'bson';
import type { Collection } from '../adapters/collection.ts';
import { checkDepth, checkSize, encodeStored } from '../domain/bson/codec.ts';
import { int } from '../domain/bson/numbers.ts';
import { type Doc, isDocument, typeOf } from '../domain/bson/types.ts';
import { compileFilter } from '../domain/query/filter.ts';
import { CommandError, errors } from '../errors.ts';
import type { CommandContext } from './command.ts';

/** The collection, made when it does not exist yet; opens the transaction. */
export function collectionForWrite(context: CommandContext, name: string): Collection {
  context.wrote = true;
  context.engine.disk.beginWrite();
  return context.engine.catalog.getOrCreate(context.db, name);
}

/** The collection if it exists; then the transaction is open. */
export function existingForWrite(context: CommandContext, name: string): Collection | undefined {
  context.wrote = true;
  const collection = context.engine.catalog.get(context.db, name);
  if (collection) context.engine.disk.beginWrite();
  return collection;
}

/** @throws CommandError DocumentValidationFailure */
export function validate(collection: Collection, doc: Doc, context: CommandContext): void {
  const { validator, validationAction } = collection.options;
  if (
    !isDocument(validator) ||
    validationAction === 'warn' ||
    context.command.bypassDocumentValidation === true
  )
    return;
  if (!compileFilter(validator, context.environment)(doc))
    throw errors.documentValidationFailure('Document failed validation', {
      errInfo: { failingDocumentId: doc._id },
    });
}

/** _id first, made when missing. @returns the document as stored */
export function withId(doc: Doc): Doc {
  if (Object.keys(doc)[0] === '_id') return doc;
  const { _id = new ObjectId(), ...rest } = doc;
  return { _id, ...rest };
}

function checkId(id: unknown): void {
  const type = typeOf(id);
  if (type === 'array' || type === 'regex' || type === 'undefined' || type === 'missing')
    throw errors.invalidIdField(`The '_id' value cannot be of type ${type}`);
  if (isDocument(id) && Object.keys(id).some((name) => name.startsWith('$')))
    throw errors.dollarPrefixedFieldName(`_id fields may not contain '$'-prefixed fields`);
}

/** @param bytes the document as it came, when it did; used when nothing had to be added */
export function insertDocument(
  collection: Collection,
  given: Doc,
  bytes: Buffer | undefined,
  context: CommandContext,
): Doc {
  const doc = withId(given);
  checkId(doc._id);
  if (bytes) checkSize(bytes.length);
  checkDepth(doc);
  validate(collection, doc, context);
  collection.insert(doc, doc === given && bytes ? bytes : encodeStored(doc));
  return doc;
}

/** @returns false when the change changes nothing */
export function replaceDocument(
  collection: Collection,
  stored: { rid: number; bytes: Uint8Array; doc: Doc },
  after: Doc,
  context: CommandContext,
): boolean {
  const bytes = encodeStored(after);
  if (bytes.equals(stored.bytes)) return false;
  checkDepth(after);
  validate(collection, after, context);
  collection.replace(stored.rid, stored.doc, after, bytes);
  return true;
}

/** One entry of `writeErrors`. Errors that are not about a document go on up. */
export function writeError(index: number, error: unknown): Doc {
  if (!(error instanceof CommandError)) throw error;
  return { index: int(index), code: int(error.code), errmsg: error.message, ...error.extra };
}
