import type { Service, System } from '../../../src/model/types.ts';
import { composeSystem } from '../../../src/profiles/compose-system.ts';
import { profiles } from '../../../src/profiles/index.ts';
import { requireProfile } from '../../../src/profiles/profile.ts';
import { system } from '../../../src/system.ts';

/** A profile's system as it is to run. */
export const composed = (profile: string): System => composeSystem(system, requireProfile(profiles, profile));

/** One of its services, or an error that says that it is not there. */
export function serviceIn(of: System, name: string): Service {
  const found = of.services.find((service) => service.name === name);
  if (!found) throw new Error(`no ${name}`);
  return found;
}

/** The text of one of its configuration files. */
export function configIn(of: System, file: string): string {
  const found = of.services.flatMap((service) => service.configs).find(({ name }) => name === file);
  if (!found) throw new Error(`no ${file}`);
  return found.content;
}
