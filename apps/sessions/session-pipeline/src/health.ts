import type { ServiceContext } from '@lucid/service';

/** `openMongo` watches MongoDB. The services behind this one are retried, so their absence does not make it unready. */
export function addHealthChecks(context: ServiceContext, workerIsAlive: () => boolean): void {
  context.health.add({
    name: 'pipeline worker',
    check: async () => {
      if (!workerIsAlive()) throw new Error('the worker loop has ended');
    },
  });
}
