import type { ServiceContext } from '@lucid/service';

/** `openMongo` watches MongoDB; the purge loop is watched here. Services behind this one are asked per request. */
export function addHealthChecks(context: ServiceContext, purgeIsAlive: () => boolean): void {
  context.health.add({
    name: 'purge worker',
    critical: false,
    check: async () => {
      if (!purgeIsAlive()) throw new Error('the purge loop has ended');
    },
  });
}
