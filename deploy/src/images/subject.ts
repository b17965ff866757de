import type { Service, System } from '../model/types.ts';

/** What an image has to know of the app in it. */
export interface ImageSubject {
  /** Folder below the workspace: `apps/gateway/api-gateway`. */
  readonly app: string;
  /** Last part of the folder, and of the image's name. */
  readonly short: string;
  /** `lucid-api-gateway`, as the model calls it. */
  readonly title: string;
  /** A job ends by itself and has no health to ask for. */
  readonly kind: 'service' | 'job';
  readonly ports: readonly number[];
  /** Values of variables that nobody set: the name and the ports of the model. */
  readonly defaults: Readonly<Record<string, string>>;
  /** Folders that volumes are mounted on. */
  readonly mountPoints: readonly string[];
}

/** Parts of the model this needs; apps it does not draw (yet) count as services without ports and volumes. */
export function imageSubject(system: System, app: string): ImageSubject {
  const short = app.split('/').at(-1) ?? app;
  const services = system.services.filter((service) => service.app === app);
  const [first] = services;
  const job = services.length > 0 && services.every((service) => service.kind === 'job');
  const ports = unique(services.flatMap(portsOf).map(([, port]) => port));
  return {
    app,
    short,
    title: first?.name ?? `lucid-${short}`,
    kind: job ? 'job' : 'service',
    ports,
    defaults: { SERVICE_NAME: first?.name ?? `lucid-${short}`, ...(first ? portVariables(first) : {}) },
    mountPoints: unique(
      services.flatMap((service) => service.volumes.map((volume) => volume.mountPath)),
    ).sort(),
  };
}

/** Variable and number of every port; a job's port is 0, which is none. */
function portsOf(service: Service): (readonly [string | undefined, number])[] {
  const extra = service.extraPorts.map(({ variable, port }) => [variable, port] as const);
  return [['PORT', service.port] as const, ...extra].filter(([, port]) => port > 0);
}

function portVariables(service: Service): Record<string, string> {
  return Object.fromEntries(portsOf(service).flatMap(([name, port]) => (name ? [[name, String(port)]] : [])));
}

const unique = <T>(values: readonly T[]): T[] => [...new Set(values)];
