import type { Instruments } from '@lucid/metrics';
import { openCollection, openMongo } from '@lucid/mongo';
import type { ServiceContext } from '@lucid/service';
import type { Settings } from '../config.ts';
import { addHealthChecks } from '../health.ts';
import { metrics } from '../metrics.ts';
import { type Clients, createClients } from './clients.ts';
import { runPurge } from './purge.ts';
import { Sessions, sessionsDefinition } from './sessions.ts';

export interface Deps {
  sessions: Sessions;
  clients: Clients;
  instruments: Instruments<(typeof metrics)['definitions']>;
}

export async function connect(settings: Settings, context: ServiceContext): Promise<Deps> {
  const { clock, logger, lifecycle } = context;
  const database = await openMongo(settings.MONGODB_URI, context);
  const sessions = new Sessions(await openCollection(database, sessionsDefinition));
  const clients = createClients(context.mesh.http, settings);
  const instruments = metrics.register(context.registry);
  let purgeIsAlive = true;
  lifecycle.background('purge worker', async (signal) => {
    await runPurge({ sessions, clients, instruments, clock, logger }, signal).finally(() => {
      purgeIsAlive = false;
    });
  });
  addHealthChecks(context, () => purgeIsAlive);
  return { sessions, clients, instruments };
}
