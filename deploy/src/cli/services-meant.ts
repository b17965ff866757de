import type { Engine } from '../engines/engine.ts';
import { DeployError } from '../errors.ts';
import { findService, servicesCalled } from '../model/edges.ts';
import type { System } from '../model/types.ts';

/** The services that a name given by a person means: itself, or all that share it. What nobody is called stays as it is. */
export function servicesMeant(system: System, name: string): string[] {
  const meant = findService(system, name) ? [] : servicesCalled(system, name);
  return meant.length > 0 ? meant.map((service) => service.name) : [name];
}

/** The same of what is up; where nothing is, names are as they were given: there may be logs of what was. */
export async function servicesMeantIn(engine: Engine, names: readonly string[]): Promise<string[]> {
  const system = await engine.wanted().catch((error: unknown) => {
    if (error instanceof DeployError && error.code === 'engine-not-up') return undefined;
    throw error;
  });
  return system ? names.flatMap((name) => servicesMeant(system, name)) : [...names];
}
