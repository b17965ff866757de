import { MongoClient } from 'mongodb';
import { onTestFinished } from 'vitest';
import { type EmbeddedMongo, type EmbeddedMongoOptions, startEmbeddedMongo } from '../../src/app.ts';
import { temporaryFolder } from './folders.ts';

/** A server that goes with the test; without a login unless one is given. */
export async function embedded(options: Partial<EmbeddedMongoOptions> = {}): Promise<EmbeddedMongo> {
  const dataDir = options.dataDir ?? (await temporaryFolder());
  const login = options.username === undefined ? { allowUnauthenticated: true } : {};
  const server = await startEmbeddedMongo({ ...login, ...options, dataDir });
  let open = true;
  const close = async (): Promise<void> => {
    if (open) await server.close();
    open = false;
  };
  onTestFinished(close);
  return { ...server, close };
}

/** A connected client that goes with the test. */
export async function connected(uri: string): Promise<MongoClient> {
  const client = new MongoClient(uri, { serverSelectionTimeoutMS: 3000 });
  onTestFinished(() => client.close());
  return await client.connect();
}
