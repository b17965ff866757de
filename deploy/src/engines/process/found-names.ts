import type { Service } from '../../model/types.ts';
import type { InstanceState } from '../engine.ts';

/** All names a service has, its own first. */
export const namesOf = ({ name, aliases }: Pick<Service, 'name' | 'aliases'>): string[] => [name, ...aliases];

/**
 * The names by which an instance is to be found: all when it is ready. Validators that are not ready for want of each other
 * must find each other all the same, or none would ever be ready again; by the name that they share, strangers are led to
 * none of those.
 */
export function foundNames(
  service: Pick<Service, 'name' | 'aliases' | 'standsFor'>,
  state: InstanceState,
): ReadonlySet<string> {
  if (state === 'ready') return new Set(namesOf(service));
  return new Set(service.standsFor !== undefined && state === 'unready' ? [service.name] : []);
}
