import { findStore } from './edges.ts';
import type { Service, System } from './types.ts';

/**
 * What must be ready (or, for a job, finished) before `service` is started: the members and init jobs of its stores
 * and what it says itself, without repeats.
 */
export function prerequisitesOf(system: System, service: Service): string[] {
  const stores = service.uses.flatMap((use) => {
    const store = findStore(system, use.store);
    return store ? [...store.members, ...store.initialisedBy] : [use.store];
  });
  return [...new Set([...stores, ...service.startsAfter])].filter((name) => name !== service.name);
}

/** The outcome of ordering: tiers that can start one after the other, or the names caught in a cycle. */
export type StartOrder =
  | { readonly ok: true; readonly tiers: readonly (readonly string[])[] }
  | { readonly ok: false; readonly cycle: readonly string[] };

/** Kahn's algorithm in layers: a tier holds every service whose prerequisites are all in earlier tiers. */
export function startOrder(system: System): StartOrder {
  const placed = new Set<string>();
  let waiting = [...system.services];
  const tiers: string[][] = [];
  while (waiting.length > 0) {
    const tier = waiting.filter((service) =>
      prerequisitesOf(system, service).every((name) => placed.has(name)),
    );
    if (tier.length === 0) return { ok: false, cycle: waiting.map((service) => service.name) };
    for (const service of tier) placed.add(service.name);
    tiers.push(tier.map((service) => service.name));
    waiting = waiting.filter((service) => !placed.has(service.name));
  }
  return { ok: true, tiers };
}
