import { type Db, MongoClient } from 'mongodb';
import type { LucidSystem } from './system.ts';

interface KeyDocument {
  _id: string;
  wrapped_key: string;
  destroyed_at?: string;
}

export interface KeptKey {
  /** The database still holds what opens the session’s chunks. */
  wrapped: boolean;
}

/** Looks past all services into the database: is the key of a session really gone? */
export function keptKeyOf(system: LucidSystem, sessionId: string): Promise<KeptKey> {
  return inDatabase(system, async (database) => {
    const kept = await database.collection<KeyDocument>('encryption_keys').findOne({ _id: sessionId });
    return { wrapped: kept?.wrapped_key.startsWith('lucid-key:') ?? false };
  });
}

/** As if the days of its retention had gone by: nobody can wait for them in a test. */
export function endRetention(system: LucidSystem, sessionId: string): Promise<void> {
  return inDatabase(system, async (database) => {
    const sessions = database.collection<{ _id: string }>('sessions');
    const { matchedCount } = await sessions.updateOne({ _id: sessionId }, { $set: { retention_due_ms: 0 } });
    if (matchedCount !== 1) throw new Error(`there is no session ${sessionId}`);
  });
}

async function inDatabase<Result>(
  system: LucidSystem,
  work: (database: Db) => Promise<Result>,
): Promise<Result> {
  const client = new MongoClient(await system.databaseUri('lucid'));
  try {
    return await work(client.db());
  } finally {
    await client.close();
  }
}
