import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import type { ServiceContext } from '@lucid/service';

/** MongoDB is watched by `openMongo`; here: is the data folder still writable? */
export function addHealthChecks(context: ServiceContext, folder: string): void {
  context.health.add({ name: 'data folder', check: () => access(folder, constants.W_OK) });
}
