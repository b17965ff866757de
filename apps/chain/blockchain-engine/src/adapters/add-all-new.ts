import { addNew, isWriteConflict } from '@lucid/mongo';
import { type Collection, MongoBulkWriteError, type OptionalUnlessRequiredId } from 'mongodb';

const DUPLICATE_KEY = 11000;

/**
 * Inserts those whose `_id` is new.
 * @returns the ids that were there already. After the server has given the write up for another one, ids that this call
 * itself had brought in may be among them: look at what is kept.
 */
export async function addAllNew<Document extends { _id: string }>(
  collection: Collection<Document>,
  documents: readonly Document[],
): Promise<Set<string>> {
  if (documents.length === 0) return new Set();
  const insertable = documents as readonly OptionalUnlessRequiredId<Document>[];
  try {
    await collection.insertMany(insertable, { ordered: false });
    return new Set();
  } catch (error) {
    if (isWriteConflict(error)) return oneByOne(collection, insertable);
    if (!(error instanceof MongoBulkWriteError)) throw error;
    const failures = Array.isArray(error.writeErrors) ? error.writeErrors : [error.writeErrors];
    if (failures.length === 0 || failures.some(({ code }) => code !== DUPLICATE_KEY)) throw error;
    return new Set(failures.flatMap(({ index }) => documents[index]?._id ?? []));
  }
}

async function oneByOne<Document extends { _id: string }>(
  collection: Collection<Document>,
  documents: readonly OptionalUnlessRequiredId<Document>[],
): Promise<Set<string>> {
  const known = new Set<string>();
  for (const document of documents)
    if (!(await addNew(collection, document))) known.add((document as { _id: string })._id);
  return known;
}
