import type { ServiceContext } from '@lucid/service';

/** `openMongo` watches MongoDB. Anchorings wait for an engine that is away, so its absence does not make this unready. */
export function addHealthChecks(context: ServiceContext, workerIsAlive: () => boolean): void {
  context.health.add({
    name: 'anchoring worker',
    check: async () => {
      if (!workerIsAlive()) throw new Error('the worker loop has ended');
    },
  });
}
