import { pathToFileURL } from 'node:url';
import type { System } from '../model/types.ts';
import { composeSystem } from '../profiles/compose-system.ts';
import { parseOverrides } from '../profiles/overrides.ts';
import { type Profile, requireProfile, requireScalable } from '../profiles/profile.ts';
import type { Tiers } from '../profiles/tiers.ts';

interface SystemModule {
  readonly system: System;
  readonly profiles: Readonly<Record<string, Profile>>;
}

export interface SystemChoice {
  /** Another module that draws a system; Lucid when undefined. */
  readonly systemModule: string | undefined;
  readonly profile: string;
  readonly scale: Readonly<Record<string, number>>;
  /** `path=value` texts, see `profiles/overrides.ts`. */
  readonly set: readonly string[];
}

/**
 * Loads Lucid, or the system another module draws, and composes it with the profile, the overrides and the replica
 * counts asked for. @param forced tiers an engine can run at all, over what was asked
 */
export async function loadSystem(choice: SystemChoice, forced: Partial<Tiers> = {}): Promise<System> {
  const { system, profiles } = await loadModule(choice.systemModule);
  const overrides = parseOverrides(choice.set);
  const composed = composeSystem(system, requireProfile(profiles, choice.profile), overrides, forced);
  return withCounts(composed, choice.scale);
}

/** The system with other replica counts. Throws what `requireScalable` does. */
export function withCounts(system: System, counts: Readonly<Record<string, number>>): System {
  const wanted = new Map(
    Object.entries(counts).map(([name, count]) => [requireScalable(system, name, count).name, count]),
  );
  const services = system.services.map((service) => ({
    ...service,
    replicas: wanted.get(service.name) ?? service.replicas,
  }));
  return { ...system, services };
}

async function loadModule(path: string | undefined): Promise<SystemModule> {
  if (path !== undefined) return (await import(pathToFileURL(path).href)) as SystemModule;
  const { system } = await import('../system.ts');
  const { profiles } = await import('../profiles/index.ts');
  return { system, profiles };
}
