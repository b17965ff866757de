import { deployErrors } from '../errors.ts';
import { calledName, findService, servicesCalled } from '../model/edges.ts';
import type { Resources } from '../model/policies.ts';
import { probedEvery } from '../model/probe.ts';
import type { ScaleRange, Service, System } from '../model/types.ts';
import type { Environment } from './environments.ts';
import type { Tiers } from './tiers.ts';

/** A small overlay over the system: how many, how large, with which settings, on which data tier, behind which edge. */
export interface Profile {
  readonly name: string;
  readonly description: string;
  readonly environment: Environment;
  /** What differs from the smallest tiers (embedded MongoDB and nothing else). */
  readonly tiers?: Partial<Tiers>;
  readonly services?: Readonly<Record<string, ServiceOverlay>>;
}

export interface ServiceOverlay {
  readonly replicas?: number;
  readonly scale?: Partial<ScaleRange>;
  readonly env?: Readonly<Record<string, string>>;
  readonly resources?: Resources;
  /** Other values for arguments its command has already: `{'--maxmemory': '3gb'}`. */
  readonly arguments?: Readonly<Record<string, string>>;
}

/** The drawn system with the profile's numbers and settings. An overlay of what is not drawn is left alone. */
export function applyProfile(system: System, profile: Profile): System {
  const overlays = profile.services ?? {};
  return {
    ...system,
    services: system.services.map((service) =>
      overlaid(service, profile.environment, overlays[service.name]),
    ),
  };
}

function overlaid(service: Service, environment: Environment, overlay: ServiceOverlay = {}): Service {
  const everyone = service.image.ours && service.kind !== 'job' ? environment.env : {};
  return {
    ...service,
    replicas: overlay.replicas ?? service.replicas,
    scale: { ...service.scale, ...overlay.scale },
    resources: overlay.resources ?? service.resources,
    probe:
      service.probe &&
      probedEvery(service.probe, environment.probeIntervalSeconds ?? service.probe.intervalSeconds),
    command: service.command && withArguments(service.command, overlay.arguments ?? {}),
    env: { ...everyone, ...service.env, ...environment.services[service.name], ...overlay.env },
  };
}

/** The command with other values after the named arguments. */
function withArguments(command: readonly string[], values: Readonly<Record<string, string>>): string[] {
  return command.map((word, at) => values[command[at - 1] ?? ''] ?? word);
}

/** Looks a service up by long or short name. Throws `no-such-service`, and `several-services` for a name that is shared. */
export function requireService(system: System, name: string): Service {
  const service = findService(system, name);
  if (service) return service;
  const called = servicesCalled(system, name).map((known) => known.name);
  if (called.length > 0) throw deployErrors.severalServices(name, called);
  throw deployErrors.noSuchService(
    name,
    system.services.map((known) => known.name),
  );
}

/** A service that may have so many replicas. Throws what `requireService` does, `out-of-scale-range` and `fixed-council`. */
export function requireScalable(system: System, name: string, count: number): Service {
  const service =
    findService(system, name) ?? servicesCalled(system, name)[0] ?? requireService(system, name);
  const { scale, council } = service;
  const known = calledName(service);
  if (known !== service.name) throw deployErrors.fixedCouncil(known, servicesCalled(system, known).length);
  if (Number.isInteger(count) && count >= scale.min && count <= scale.max) return service;
  if (council) throw deployErrors.fixedCouncil(known, council.size);
  throw deployErrors.outOfScaleRange(known, count, scale.min, scale.max);
}

/** Looks a profile up or throws `no-such-profile`, naming those there are. */
export function requireProfile(profiles: Readonly<Record<string, Profile>>, name: string): Profile {
  const profile = Object.hasOwn(profiles, name) ? profiles[name] : undefined;
  if (!profile) throw deployErrors.noSuchProfile(name, Object.keys(profiles));
  return profile;
}
