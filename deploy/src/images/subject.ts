import type { Service } from '../model/types.ts';

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

/**
 * @param drawn what the model says, of every profile; apps it does not draw count as services without ports and volumes
 */
export function imageSubject(drawn: readonly Service[], app: string): ImageSubject {
  const short = app.split('/').at(-1) ?? app;
  const services = drawn.filter((service) => service.app === app);
  const names = unique(services.map((service) => service.name));
  const [only] = names.length === 1 ? names : []; // an app may serve as several parts: they are told who they are
  const title = only ?? `lucid-${short}`;
  const ports = services.flatMap(portsOf);
  return {
    app,
    short,
    title,
    kind: services.length > 0 && services.every((service) => service.kind === 'job') ? 'job' : 'service',
    ports: unique(ports.map(([, port]) => port)),
    defaults: {
      SERVICE_NAME: title,
      ...Object.fromEntries(ports.flatMap(([name, port]) => (name ? [[name, String(port)]] : []))),
    },
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

const unique = <T>(values: readonly T[]): T[] => [...new Set(values)];
