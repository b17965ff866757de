import type { ServiceContext } from '@lucid/service';
import type { MongoServer } from './adapters/mongo-server.ts';

/** The one dependency is the disk: a read of the file and a settled log. */
export function addHealthChecks(context: ServiceContext, server: MongoServer): void {
  context.health.add({ name: 'disk', check: () => server.checkDisk() });
}
