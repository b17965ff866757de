import { count } from '../domain/bson/numbers.ts';
import type { Doc } from '../domain/bson/types.ts';
import { errors } from '../errors.ts';
import { collectionName, docList, flag } from './arguments.ts';
import type { Commands, Handler } from './command.ts';
import { collectionForWrite, insertDocument, writeError } from './write-documents.ts';

/** MongoDB's `maxWriteBatchSize`. */
export const MAX_WRITE_BATCH = 100_000;

export function checkBatch(size: number): void {
  if (size < 1 || size > MAX_WRITE_BATCH)
    throw errors.invalidLength(
      `Write batch sizes must be between 1 and ${MAX_WRITE_BATCH}. Got ${size} operations.`,
    );
}

const insert: Handler = (context) => {
  const docs = docList(context, 'documents');
  checkBatch(docs.length);
  const collection = collectionForWrite(context, collectionName(context));
  const sequence = context.request.sequences.get('documents');
  const ordered = flag(context, 'ordered', true);
  const writeErrors: Doc[] = [];
  let n = 0;
  for (const [index, doc] of docs.entries()) {
    try {
      insertDocument(collection, doc, sequence?.[index]?.bytes, context);
      n += 1;
    } catch (error) {
      writeErrors.push(writeError(index, error));
      if (ordered) break;
    }
  }
  return { n: count(n), ...(writeErrors.length > 0 ? { writeErrors } : {}) };
};

export const INSERT_COMMAND: Commands = {
  insert: {
    run: insert,
    retryable: true,
    fields: ['documents', 'ordered', 'bypassDocumentValidation', 'encryptionInformation'],
  },
};
