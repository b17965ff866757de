import type { Collection, Document, OptionalUnlessRequiredId } from 'mongodb';
import { isDuplicateKey } from './duplicate-key.ts';
import { isWriteConflict } from './write-conflict.ts';

/** Writers that meet at one key: each time somebody is given up, somebody else has got through. */
const MOST_INSERTS = 5;

/**
 * Inserts what must be there once, again when the server gave the insert up for another one.
 * @returns false when a unique index has it already
 * @throws MongoServerError for anything else, a conflict that does not end included
 */
export async function addNew<T extends Document>(
  collection: Pick<Collection<T>, 'insertOne'>,
  document: OptionalUnlessRequiredId<T>,
): Promise<boolean> {
  for (let attempt = 1; ; attempt += 1)
    try {
      await collection.insertOne(document);
      return true;
    } catch (error) {
      if (isDuplicateKey(error)) return false;
      if (!isWriteConflict(error) || attempt === MOST_INSERTS) throw error;
    }
}
