import type { ConfigFile } from './config-file.ts';
import { type Image, ownImage } from './images.ts';
import type { Resources, RestartPolicy, Share, UpdatePolicy } from './policies.ts';
import { PROBE_TIMING, type Probe, type ProbeCheck } from './probe.ts';
import type { Store } from './store.ts';
import type {
  Cluster,
  Council,
  HostMount,
  Memory,
  Network,
  Plane,
  PublishedPort,
  ScaleRange,
  Secret,
  SecretFile,
  Service,
  ServiceKind,
  Shortfall,
  Volume,
} from './types.ts';

/** What every service must say; the rest has defaults or comes by the fluent calls below. */
export interface ServiceInit {
  readonly cluster: Cluster;
  readonly port: number;
  readonly network: Network;
  readonly plane?: Plane;
  /** Folder of the deployable. @default `apps/<cluster>/<name without lucid->` for our own services */
  readonly app?: string;
  /** Other people's image; without one it is our own, named after the folder. */
  readonly image?: Image;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * GiB of a volume nobody has said more of: small enough for a laptop and for the smallest disk clouds sell, large enough
 * for anything that is no archive.
 */
const USUAL_VOLUME_GIB = 10;

/** Who is called or waited for: a builder, or a name. */
export type ServiceReference = ServiceBuilder | string;
const nameOf = (reference: ServiceReference) => (typeof reference === 'string' ? reference : reference.name);

/** Writes one service of the graph. Every call returns the builder, so a service reads as one sentence. */
export class ServiceBuilder {
  readonly name: string;
  readonly #service: Mutable<Service>;

  constructor(name: string, kind: ServiceKind, init: ServiceInit) {
    const app = init.image ? init.app : (init.app ?? `apps/${init.cluster}/${name.replace(/^lucid-/, '')}`);
    this.name = name;
    this.#service = {
      name,
      kind,
      status: 'built',
      cluster: init.cluster,
      plane: init.plane ?? 'ops',
      networks: [init.network.name],
      aliases: [],
      standsFor: undefined,
      council: undefined,
      app,
      image: init.image ?? ownImage(app?.split('/').at(-1) ?? name),
      command: undefined,
      port: init.port,
      extraPorts: [],
      publishes: undefined,
      publishedPorts: [],
      replicas: 1,
      scale: { min: 1, max: 1, cpuPercent: 70, memoryPercent: 80 }, // the scaling guide's thresholds
      probe: defaultProbe(kind, init),
      env: {},
      secrets: [],
      secretFiles: [],
      configs: [],
      volumes: [],
      hostMounts: [],
      calls: [],
      uses: [],
      reaches: [],
      startsAfter: [],
      memory: { expectedMiB: 140, heapMiB: 256 }, // what an idle service was measured to hold for itself
      resources: {
        limits: { cpus: 0.5, memoryMiB: 512 },
        reservations: { cpus: 0.1, memoryMiB: 128 },
      },
      update: {
        parallelism: 1,
        delaySeconds: 10,
        monitorSeconds: 15,
        failureAction: 'rollback',
        order: kind === 'service' ? 'start-first' : 'stop-first',
      },
      restart: {
        condition: kind === 'job' ? 'on-failure' : 'always',
        delaySeconds: 5,
        maxAttempts: undefined,
      },
      stopGraceSeconds: 30, // drain delay, then each of the shutdown's steps within its deadline
      placement: 'spread',
      metrics: kind === 'service' ? { port: init.port, path: '/metrics' } : undefined,
      shortfalls: [],
    };
  }

  /** Its code is not written yet: drawn and rendered, left out by engines. */
  planned(): this {
    this.#service.status = 'planned';
    return this;
  }

  /** Joins another network beside its own. */
  joins(...networks: readonly Network[]): this {
    this.#service.networks = [...this.#service.networks, ...networks.map((network) => network.name)];
    return this;
  }

  alias(...names: readonly string[]): this {
    this.#service.aliases = [...this.#service.aliases, ...names];
    return this;
  }

  /** May be one of several validators: one, until an override says how many. */
  council(council: Omit<Council, 'size'>): this {
    this.#service.council = { ...council, size: 1 };
    return this;
  }

  command(...command: readonly string[]): this {
    this.#service.command = command;
    return this;
  }

  /** Draws an edge: the caller gets `<NAME>_URL`, the callee lists it in `ALLOWED_CALLERS`. */
  calls(...callees: readonly ServiceReference[]): this {
    this.#service.calls = [...this.#service.calls, ...callees.map(nameOf)];
    return this;
  }

  /** Opens one database of a store; the connection string arrives as `variable`. Implies start order. */
  uses(store: Store, database: string, variable = 'MONGODB_URI'): this {
    this.#service.uses = [...this.#service.uses, { store: store.name, database, variable }];
    return this;
  }

  /** Talks to these as well; their addresses are in its own configuration. */
  reaches(...others: readonly ServiceReference[]): this {
    this.#service.reaches = [...this.#service.reaches, ...others.map(nameOf)];
    return this;
  }

  startsAfter(...others: readonly ServiceReference[]): this {
    this.#service.startsAfter = [...this.#service.startsAfter, ...others.map(nameOf)];
    return this;
  }

  env(values: Readonly<Record<string, string>>): this {
    this.#service.env = { ...this.#service.env, ...values };
    return this;
  }

  secret(variable: string, secret: Secret): this {
    this.#service.secrets = [...this.#service.secrets, { variable, secret: secret.name }];
    return this;
  }

  /** A file made of a secret, in the format of software that knows no `*_FILE`. */
  secretFile(file: SecretFile): this {
    this.#service.secretFiles = [...this.#service.secretFiles, file];
    return this;
  }

  config(file: ConfigFile): this {
    this.#service.configs = [...this.#service.configs, file];
    return this;
  }

  volume(
    name: string,
    mountPath: string,
    options: Partial<Pick<Volume, 'scope' | 'variable' | 'sizeGiB'>> = {},
  ): this {
    const variable = this.#service.image.ours ? 'DATA_DIR' : undefined;
    const usual = { variable, scope: 'instance', sizeGiB: USUAL_VOLUME_GIB } as const;
    this.#service.volumes = [...this.#service.volumes, { name, mountPath, ...usual, ...options }];
    return this;
  }

  hostMount(mount: HostMount): this {
    this.#service.hostMounts = [...this.#service.hostMounts, mount];
    return this;
  }

  /** A second port, told by `variable`; `probe` moves the HTTP probe there. */
  extraPort(
    variable: string | undefined,
    port: number,
    options: { readonly probe?: boolean; readonly protocol?: 'tcp' | 'udp' } = {},
  ): this {
    const protocol = options.protocol ?? 'tcp';
    this.#service.extraPorts = [...this.#service.extraPorts, { variable, port, protocol }];
    const { probe } = this.#service;
    if (options.probe && probe?.check.kind === 'http')
      this.#service.probe = { ...probe, check: { ...probe.check, port } };
    return this;
  }

  /** Listens for the outside world as well, on loopback unless an engine is told otherwise. */
  publishes(port: number, variable = 'PUBLISH_ADDRESS', host = '127.0.0.1'): this {
    this.#service.publishes = { variable, host, port, behindEdge: false };
    return this;
  }

  /** A port of the host that leads into the container. */
  publishedPort(port: Pick<PublishedPort, 'port' | 'target'> & Partial<PublishedPort>): this {
    const full: PublishedPort = { host: '0.0.0.0', lastPort: port.port, protocol: 'tcp', ...port };
    this.#service.publishedPorts = [...this.#service.publishedPorts, full];
    return this;
  }

  scale(min: number, max: number, aim: Partial<ScaleRange> = {}): this {
    this.#service.scale = { ...this.#service.scale, min, max, ...aim };
    this.#service.replicas = Math.max(min, 1);
    return this;
  }

  probe(probe: Partial<Probe>): this {
    if (this.#service.probe) this.#service.probe = { ...this.#service.probe, ...probe };
    return this;
  }

  /** Probes by a command, an address or a connection instead of `GET /health/ready`. */
  probeBy(check: ProbeCheck, timing: Partial<Probe> = {}): this {
    this.#service.probe = { ...PROBE_TIMING, ...timing, check };
    return this;
  }

  memory(memory: Partial<Memory>): this {
    this.#service.memory = { ...this.#service.memory, ...memory };
    return this;
  }

  /** Most it may take, and what is kept free for it. */
  resources(limits: Share, reservations: Share): this {
    const resources: Resources = { limits, reservations };
    this.#service.resources = resources;
    return this;
  }

  update(update: Partial<UpdatePolicy>): this {
    this.#service.update = { ...this.#service.update, ...update };
    return this;
  }

  restart(restart: Partial<RestartPolicy>): this {
    this.#service.restart = { ...this.#service.restart, ...restart };
    return this;
  }

  stopGrace(seconds: number): this {
    this.#service.stopGraceSeconds = seconds;
    return this;
  }

  /** Stays on the node that holds its data. */
  pinned(): this {
    this.#service.placement = 'data';
    return this;
  }

  metricsAt(port: number, path = '/metrics'): this {
    this.#service.metrics = { port, path };
    return this;
  }

  /** Tells what was asked of it that its software cannot do. */
  fallsShort(...shortfalls: readonly Shortfall[]): this {
    this.#service.shortfalls = [...this.#service.shortfalls, ...shortfalls];
    return this;
  }

  /** The finished, frozen description. */
  build(): Service {
    return Object.freeze({ ...this.#service });
  }
}

/** Our own parts answer HTTP; a job is over when it is over; other people's say how they are asked. */
function defaultProbe(kind: ServiceKind, init: ServiceInit): Probe | undefined {
  if (kind === 'job' || init.image) return undefined;
  return { ...PROBE_TIMING, check: { kind: 'http', path: '/health/ready', port: init.port } };
}
