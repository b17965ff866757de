import type { Discovery } from '@lucid/discovery';
import type { ServiceContext } from '@lucid/service';
import { type Db, MongoClient } from 'mongodb';

const FIRST_CONNECT_DEADLINE_MS = 60_000;

/**
 * Connects, waiting up to a minute for a server that is still starting, and registers closing and the health check.
 * Writes are acknowledged by a majority and journaled: what we say is stored, is stored.
 * @param uri with the database in its path; never logged
 */
export async function openMongo(uri: string, context: ServiceContext): Promise<Db> {
  const { logger, lifecycle, health, clock } = context;
  const client = new MongoClient(uri, {
    appName: context.instanceId,
    lookup: context.mesh.discovery.lookup as Discovery['lookup'],
    writeConcern: { w: 'majority', journal: true },
    retryWrites: true,
    maxPoolSize: 20,
    serverSelectionTimeoutMS: 5000,
    connectTimeoutMS: 5000,
    ignoreUndefined: true,
  });
  lifecycle.onStop('mongodb', () => client.close());
  const startedMs = clock.monotonicMs();
  for (let attempt = 1; ; attempt++) {
    try {
      await client.connect();
      break;
    } catch (error) {
      const isTooLate = clock.monotonicMs() - startedMs > FIRST_CONNECT_DEADLINE_MS;
      if (isTooLate || lifecycle.signal.aborted) throw error;
      logger.warn({ attempt, reason: (error as Error).message }, 'MongoDB does not answer yet');
      await clock.sleep(Math.min(200 * attempt, 2000), lifecycle.signal);
    }
  }
  const database = client.db();
  health.add({ name: 'mongodb', check: async () => void (await database.command({ ping: 1 })) });
  return database;
}
