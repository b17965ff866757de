/** What an `up` would start, told without touching anything. */
import type { PublishedPort, Service, System } from '../model/types.ts';

export interface PreviewedService {
  readonly name: string;
  readonly replicas: number;
  /** Undefined where it is a process. */
  readonly image: string | undefined;
  readonly networks: readonly string[];
  /** `host:port`, or `host:port-port`, by which strangers come in. */
  readonly published: readonly string[];
}

export interface Preview {
  readonly engine: string;
  readonly system: string;
  readonly services: readonly PreviewedService[];
  /** Drawn and not written yet. */
  readonly leftOut: readonly string[];
}

/** `host:port`, or `host:port-port` for a range. */
export function placeOf({ host, port, lastPort }: PublishedPort): string {
  return port === lastPort ? `${host}:${port}` : `${host}:${port}-${lastPort}`;
}

/** @param describe what only the engine knows of a service */
export function previewOf(
  engine: string,
  system: System,
  describe: (service: Service) => Pick<PreviewedService, 'image' | 'published'>,
): Preview {
  const built = system.services.filter(({ status, replicas }) => status === 'built' && replicas > 0);
  return {
    engine,
    system: system.name,
    services: built.map((service) => {
      const { name, replicas, networks } = service;
      return { name, replicas, networks, ...describe(service) };
    }),
    leftOut: system.services.filter(({ status }) => status === 'planned').map(({ name }) => name),
  };
}
