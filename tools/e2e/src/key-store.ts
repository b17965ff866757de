import { MongoClient } from 'mongodb';
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
export async function keptKeyOf(system: LucidSystem, sessionId: string): Promise<KeptKey> {
  const client = new MongoClient(await system.databaseUri('lucid'));
  try {
    const keys = client.db().collection<KeyDocument>('encryption_keys');
    const kept = await keys.findOne({ _id: sessionId });
    return { wrapped: kept?.wrapped_key.startsWith('lucid-key:') ?? false };
  } finally {
    await client.close();
  }
}
