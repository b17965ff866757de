import type { Service, System } from '../../model/types.ts';
import type { Tiers } from '../../profiles/tiers.ts';
import { loadSystem, type SystemChoice } from '../load-system.ts';

/** What runs with Node alone: our own code on our own store. */
const BARE_MACHINE: Partial<Tiers> = {
  mongodb: 'embedded',
  redis: 'none',
  elasticsearch: 'none',
  edge: 'none',
  mesh: false,
  monitoring: false,
};

/** The part of the composed system that can run as processes of Node. */
export async function loadProcessSystem(choice: SystemChoice): Promise<System> {
  const system = await loadSystem(choice, BARE_MACHINE);
  const here = system.services.filter(runsHere);
  const names = new Set(here.map(({ name }) => name));
  const known = (others: readonly string[]) => others.filter((name) => names.has(name));
  return {
    ...system,
    services: here.map((service) => ({
      ...service,
      calls: known(service.calls),
      reaches: known(service.reaches),
      startsAfter: known(service.startsAfter),
    })),
    stores: system.stores.filter(({ members }) => members.every((name) => names.has(name))),
  };
}

function runsHere(service: Service): boolean {
  return service.status === 'built' && service.app !== undefined && service.kind !== 'job';
}
