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
  return { ...system, services: system.services.filter(runsHere) };
}

function runsHere(service: Service): boolean {
  return service.status === 'built' && service.app !== undefined && service.kind !== 'job';
}
