import type { ServiceContext } from '@lucid/service';

const WORKERS = ['purge worker', 'sweep', 'live feeds'] as const;

/** `openMongo` watches MongoDB; the loops are watched here. Services behind this one are asked per request. */
export function addHealthChecks(context: ServiceContext, isAlive: (name: string) => boolean): void {
  for (const name of WORKERS)
    context.health.add({
      name,
      critical: false,
      check: async () => {
        if (!isAlive(name)) throw new Error(`the loop of the ${name} has ended`);
      },
    });
}
