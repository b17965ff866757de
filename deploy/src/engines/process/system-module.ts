import { pathToFileURL } from 'node:url';
import { deployErrors } from '../../errors.ts';
import type { System } from '../../model/types.ts';
import { applyProfile, type Profile, requireProfile, requireService } from '../../profiles/profile.ts';

interface SystemModule {
  readonly system: System;
  readonly profiles: Readonly<Record<string, Profile>>;
}

export interface SystemChoice {
  readonly systemModule: string | undefined;
  readonly profile: string;
  readonly scale: Readonly<Record<string, number>>;
}

/** Loads Lucid, or the system another module draws, and applies the profile and the replica counts asked for. */
export async function loadSystem(choice: SystemChoice): Promise<System> {
  const { system, profiles } = await loadModule(choice.systemModule);
  const composed = applyProfile(system, requireProfile(profiles, choice.profile));
  const counts = new Map(
    Object.entries(choice.scale).map(([name, count]) => {
      const { name: fullName, scale } = requireService(composed, name);
      if (!Number.isInteger(count) || count < scale.min || count > scale.max) {
        throw deployErrors.outOfScaleRange(fullName, count, scale.min, scale.max);
      }
      return [fullName, count];
    }),
  );
  const services = composed.services.map((service) => ({
    ...service,
    replicas: counts.get(service.name) ?? service.replicas,
  }));
  return { ...composed, services };
}

async function loadModule(path: string | undefined): Promise<SystemModule> {
  if (path !== undefined) return (await import(pathToFileURL(path).href)) as SystemModule;
  const { system } = await import('../../system.ts');
  const { profiles } = await import('../../profiles/index.ts');
  return { system, profiles };
}
