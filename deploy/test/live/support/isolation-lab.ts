/** The cut-down Lucid of `isolation-system.ts` on Compose, and beside it a listener that stands for the world outside. */
import { join } from 'node:path';
import { freePort, type TemporaryFolder, temporaryFolder } from '@lucid/testing';
import { ComposeEngine } from '../../../src/engines/compose/compose-engine.ts';
import { DockerCommand } from '../../../src/engines/containers/docker-command.ts';
import { containerSystem } from '../../../src/render/container-system.ts';
import { root } from '../../support/tiny-engine.ts';
import { whyNoCompose } from './engines-here.ts';
import { NAME, system } from './isolation-system.ts';
import { provideTinyImage } from './tiny-image.ts';

const TINY_IMAGE = 'ghcr.io/hamigames/lucid/tiny:latest';
const LAB_IMAGES = { SQUID_IMAGE: 'lucid-lab/squid:5.7', REDIS_IMAGE: 'lucid-lab/redis:7' } as const;
const OF_PROJECT = ['--filter', `label=com.docker.compose.project=${NAME}`];
/** Both a container and the plain network of its own that it is on. */
export const WORLD = `${NAME}-world`;
/** What the listener is called where the proxy asks: a host on the list, and one that is not. */
export const ALLOWED_HOST = 'api.trongrid.io';
export const OTHER_HOST = 'example.org';
/** On the list as well, but no name of the listener. */
export const SECOND_HOST = 'api.shasta.trongrid.io';

/** A container, and where it can be found. */
export interface Found {
  readonly id: string;
  readonly service: string;
  /** Network name of the model → address. */
  readonly addresses: Readonly<Record<string, string>>;
  /** `127.0.0.1:8080->8081/tcp` */
  readonly published: readonly string[];
}

interface Inspected {
  readonly Id: string;
  readonly Config: { readonly Labels: Readonly<Record<string, string>> };
  readonly NetworkSettings: {
    readonly Networks: Readonly<Record<string, { readonly IPAddress: string }>>;
    readonly Ports: Readonly<Record<string, readonly { HostIp: string; HostPort: string }[] | null>>;
  };
}

/** Why it cannot be done here; undefined when it can. Names the images of the lab unless others are named already. */
export async function whyNoIsolation(): Promise<string | undefined> {
  const reason = await whyNoCompose();
  if (reason) return reason;
  for (const [variable, image] of Object.entries(LAB_IMAGES)) {
    process.env[variable] ||= image;
    const here = await new DockerCommand().try(['image', 'inspect', process.env[variable] ?? '']);
    if (here.failed) return `the image ${process.env[variable]} is not here (${variable} names another)`;
  }
  return undefined;
}

export class IsolationLab {
  readonly docker = new DockerCommand();
  readonly #folder: TemporaryFolder = temporaryFolder('isolation');
  readonly engine = new ComposeEngine({
    root,
    home: this.#folder.path,
    systemModule: join(import.meta.dirname, 'isolation-system.ts'),
    build: false,
  });
  /** `host:port` of the only door. */
  door = '';
  /** `host:port` where everybody who has a way out of their network finds the world. */
  world = '';

  #starting: Promise<void> | undefined;
  readonly #given = new AbortController();

  start(): Promise<void> {
    this.#starting = this.#start();
    return this.#starting;
  }

  async #start(): Promise<void> {
    await provideTinyImage();
    await this.#sweep(); // what a run that was killed may have left
    this.door = `127.0.0.1:${await freePort()}`;
    const up = { profile: 'isolation', publish: this.door, set: ['*.probe.interval=3'] };
    await this.engine.up(up, undefined, this.#given.signal);
    await this.#startWorld();
  }

  /** Takes away everything that was made, however far it came; a start that still goes on is ended first. */
  async stop(): Promise<void> {
    this.#given.abort();
    await Promise.allSettled([this.#starting]);
    try {
      await this.#sweep();
    } finally {
      this.#folder.remove();
    }
  }

  /** What runs, by service name. */
  async containers(): Promise<Map<string, Found>> {
    const ids = await this.#ids(['ps', '--quiet', ...OF_PROJECT]);
    const all = JSON.parse(await this.docker.run(['inspect', ...ids])) as Inspected[];
    return new Map(all.map((each) => [each.Config.Labels['lucid.service'] ?? '', found(each)]));
  }

  /** The engine's own words about a network of the model. */
  async network(name: string): Promise<unknown> {
    const [network] = JSON.parse(
      await this.docker.run(['network', 'inspect', networkName(name)]),
    ) as unknown[];
    return network;
  }

  /** Puts a container on a network it is not drawn on, for as long as `meanwhile` takes. */
  async whileOn<T>(network: string, container: string, meanwhile: () => Promise<T>): Promise<T> {
    await this.docker.run(['network', 'connect', networkName(network), container]);
    try {
      return await meanwhile();
    } finally {
      await this.docker.run(['network', 'disconnect', networkName(network), container]);
    }
  }

  /** A listener on a network of its own, published by the machine as any other one's door would be. */
  async #startWorld(): Promise<void> {
    await this.docker.run(['network', 'create', WORLD]);
    const gateway = '{{(index .IPAM.Config 0).Gateway}}';
    const machine = await this.docker.run(['network', 'inspect', '--format', gateway, WORLD]);
    const listens = ['--env', 'HOST=0.0.0.0', '--env', 'PORT=443', '--env', `SERVICE_NAME=${WORLD}`];
    const place = ['--name', WORLD, '--network', WORLD, '--publish', `${machine}::443`];
    await this.docker.run(['run', '--detach', ...place, ...listens, TINY_IMAGE]);
    const names = ['--alias', ALLOWED_HOST, '--alias', OTHER_HOST];
    await this.docker.run(['network', 'connect', ...names, networkName('lucid-tron-uplink'), WORLD]);
    this.world = await this.docker.run(['port', WORLD, '443/tcp']);
  }

  async #sweep(): Promise<void> {
    await this.docker.try(['rm', '--force', '--volumes', WORLD]);
    await this.docker.try(['network', 'rm', WORLD]);
    await this.engine.down({ volumes: true });
    for (const [list, remove] of [
      [
        ['ps', '--all', '--quiet'],
        ['rm', '--force', '--volumes'],
      ],
      [
        ['network', 'ls', '--quiet'],
        ['network', 'rm'],
      ],
      [
        ['volume', 'ls', '--quiet'],
        ['volume', 'rm'],
      ],
    ] as const) {
      const left = await this.#ids([...list, ...OF_PROJECT]);
      if (left.length > 0) await this.docker.run([...remove, ...left]);
    }
  }

  async #ids(args: readonly string[]): Promise<string[]> {
    return (await this.docker.run(args)).split('\n').filter((id) => id !== '');
  }
}

/** Every `host:port` a part listens on, at one of its addresses. */
export function listeningAt({ service, addresses }: Found, network: string): string[] {
  const ports = containerSystem(system).services.find((each) => each.service.name === service)?.ports ?? [];
  const address = addresses[network];
  return address === undefined ? [] : ports.map(({ port }) => `${address}:${port}`);
}

const networkName = (name: string): string => `${NAME}_${name}`;

function found({ Id, Config, NetworkSettings: { Networks, Ports } }: Inspected): Found {
  const addresses = Object.entries(Networks).map(([name, { IPAddress }]) => [
    name.replace(`${NAME}_`, ''),
    IPAddress,
  ]);
  return {
    id: Id,
    service: Config.Labels['lucid.service'] ?? '',
    addresses: Object.fromEntries(addresses),
    published: Object.entries(Ports).flatMap(([port, hosts]) =>
      (hosts ?? []).map(({ HostIp, HostPort }) => `${HostIp}:${HostPort}->${port}`),
    ),
  };
}
