import type {
  Cluster,
  Memory,
  Network,
  Plane,
  Probe,
  Secret,
  Service,
  StoreAccess,
  Volume,
} from './types.ts';

/** What every service must say; the rest has defaults or comes by the fluent calls below. */
export interface ServiceInit {
  readonly cluster: Cluster;
  readonly port: number;
  readonly network: Network;
  readonly plane?: Plane;
  /** Folder of the deployable. @default `apps/<cluster>/<name without lucid->` */
  readonly app?: string;
  readonly image?: string;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Writes one service of the graph. Every call returns the builder, so a service reads as one sentence. */
export class ServiceBuilder {
  readonly name: string;
  readonly #service: Mutable<Service>;

  constructor(name: string, kind: Service['kind'], init: ServiceInit) {
    const short = name.replace(/^lucid-/, '');
    this.name = name;
    this.#service = {
      name,
      kind,
      cluster: init.cluster,
      plane: init.plane ?? 'ops',
      networks: [init.network.name],
      app: init.app ?? `apps/${init.cluster}/${short}`,
      image: init.image ?? `ghcr.io/hamigames/lucid/${short}`,
      port: init.port,
      extraPorts: [],
      publishes: undefined,
      replicas: 1,
      scale: { min: 1, max: 1 },
      probe: { path: '/health/ready', port: init.port, startDeadlineMs: 30_000 },
      env: {},
      secrets: [],
      volumes: [],
      access: undefined,
      calls: [],
      uses: [],
      startsAfter: [],
      memory: { expectedMiB: 140, heapMiB: 256 }, // what an idle service was measured to hold for itself,
    };
  }

  /** Draws an edge: the caller gets `<NAME>_URL`, the callee lists it in `ALLOWED_CALLERS`. */
  calls(...callees: readonly ServiceBuilder[]): this {
    this.#service.calls = [...this.#service.calls, ...callees.map((callee) => callee.name)];
    return this;
  }

  /** Opens one database of a store; the connection string arrives as `variable`. Implies start order. */
  uses(store: ServiceBuilder, database: string, variable = 'MONGODB_URI'): this {
    this.#service.uses = [...this.#service.uses, { store: store.name, database, variable }];
    return this;
  }

  startsAfter(...others: readonly ServiceBuilder[]): this {
    this.#service.startsAfter = [...this.#service.startsAfter, ...others.map((other) => other.name)];
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

  volume(
    name: string,
    mountPath: string,
    scope: Volume['scope'] = 'instance',
    variable: string = 'DATA_DIR',
  ): this {
    this.#service.volumes = [...this.#service.volumes, { name, mountPath, variable, scope }];
    return this;
  }

  /** A second port, told by `variable`; `probe` moves the readiness probe there. */
  extraPort(variable: string, port: number, options: { readonly probe?: boolean } = {}): this {
    this.#service.extraPorts = [...this.#service.extraPorts, { variable, port }];
    if (options.probe) this.#service.probe = { ...this.#service.probe, port };
    return this;
  }

  /** Listens for the outside world as well, on loopback unless an engine is told otherwise. */
  publishes(port: number, variable = 'PUBLISH_ADDRESS', host = '127.0.0.1'): this {
    this.#service.publishes = { variable, host, port };
    return this;
  }

  /** How other services log in to this store. */
  access(access: StoreAccess): this {
    this.#service.access = access;
    return this;
  }

  scale(min: number, max: number): this {
    this.#service.scale = { min, max };
    this.#service.replicas = Math.max(min, 1);
    return this;
  }

  probe(probe: Partial<Probe>): this {
    this.#service.probe = { ...this.#service.probe, ...probe };
    return this;
  }

  memory(memory: Partial<Memory>): this {
    this.#service.memory = { ...this.#service.memory, ...memory };
    return this;
  }

  /** The finished, frozen description. */
  build(): Service {
    return Object.freeze({ ...this.#service });
  }
}
