import { deployErrors } from '../errors.ts';
import { findService } from '../model/edges.ts';
import type { Service, System } from '../model/types.ts';

/** A small overlay over the system: how many, and with which settings. */
export interface Profile {
  readonly name: string;
  readonly description: string;
  /** Variables for every service; a service's own win. */
  readonly env: Readonly<Record<string, string>>;
  readonly services: Readonly<Record<string, ServiceOverlay>>;
}

export interface ServiceOverlay {
  readonly replicas?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** The system as a profile wants it. Throws `no-such-service` when an overlay names what the graph has not. */
export function applyProfile(system: System, profile: Profile): System {
  for (const name of Object.keys(profile.services)) requireService(system, name);
  const services = system.services.map((service): Service => {
    const overlay = profile.services[service.name] ?? {};
    const env = { ...profile.env, ...service.env, ...overlay.env };
    return { ...service, replicas: overlay.replicas ?? service.replicas, env };
  });
  return { ...system, services };
}

/** Looks a service up by long or short name or throws `no-such-service`. */
export function requireService(system: System, name: string): Service {
  const service = findService(system, name);
  if (!service)
    throw deployErrors.noSuchService(
      name,
      system.services.map((known) => known.name),
    );
  return service;
}

/** Looks a profile up or throws `no-such-profile`, naming those there are. */
export function requireProfile(profiles: Readonly<Record<string, Profile>>, name: string): Profile {
  const profile = Object.hasOwn(profiles, name) ? profiles[name] : undefined;
  if (!profile) throw deployErrors.noSuchProfile(name, Object.keys(profiles));
  return profile;
}
