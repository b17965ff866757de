import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';

export interface ContainerOptions {
  /** Its name in the network, for the others. */
  readonly name: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Flags of `docker run`, as they are. */
  readonly flags?: readonly string[];
  /** Ports that the test talks to; each gets a free one on 127.0.0.1. */
  readonly ports?: readonly number[];
  /** Place in the container → text of the file. */
  readonly files?: Readonly<Record<string, string>>;
}

const docker = async (...args: readonly string[]) => (await execa('docker', args)).stdout;

/** A running container of a test. */
export class Container {
  readonly id: string;

  constructor(id: string) {
    this.id = id;
  }

  /** `127.0.0.1:PORT` of a published port; it changes with a restart. */
  async address(port: number): Promise<string> {
    return (await docker('port', this.id, String(port))).split('\n')[0] ?? '';
  }

  /** The address in the test's own network. */
  async ip(): Promise<string> {
    return docker('inspect', '--format', '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}', this.id);
  }

  async exec(...command: readonly string[]): Promise<{ readonly exitCode: number; readonly output: string }> {
    const result = await execa('docker', ['exec', this.id, ...command], { reject: false, all: true });
    return { exitCode: result.exitCode ?? -1, output: result.all };
  }

  async logs(): Promise<string> {
    return (await execa('docker', ['logs', this.id], { all: true })).all;
  }

  /** Stops it as the engine does, or by one signal. @returns the exit code */
  async stop(signal?: string): Promise<number> {
    await (signal === undefined ? docker('stop', this.id) : docker('kill', '--signal', signal, this.id));
    return this.ended();
  }

  /** Waits until it ends by itself. @returns the exit code */
  async ended(): Promise<number> {
    return Number(await docker('wait', this.id));
  }

  async start(): Promise<void> {
    await docker('start', this.id);
  }
}

/** The containers, network, volumes and files of one test file; all are gone after it. */
export class Containers implements AsyncDisposable {
  readonly prefix: string;
  readonly #dir: string;
  readonly #containers: string[] = [];
  readonly #volumes: string[] = [];
  #files = 0;

  private constructor(prefix: string, dir: string) {
    this.prefix = prefix;
    this.#dir = dir;
  }

  static async create(): Promise<Containers> {
    const prefix = `lucid-lab-image-${randomBytes(4).toString('hex')}`;
    const dir = await mkdtemp(join(tmpdir(), 'lab-images-'));
    await docker('network', 'create', '--label', 'lucid.lab.test=images', prefix);
    return new Containers(prefix, dir);
  }

  /** A named volume of the test. */
  async volume(): Promise<string> {
    const name = `${this.prefix}-${this.#volumes.length}`;
    await docker('volume', 'create', name);
    this.#volumes.push(name);
    return name;
  }

  /** A file of the machine with this text, for mounting. */
  async file(text: string): Promise<string> {
    const path = join(this.#dir, String(this.#files++));
    await writeFile(path, text, { mode: 0o644 });
    return path;
  }

  async run(image: string, options: ContainerOptions, ...command: readonly string[]): Promise<Container> {
    const flags = ['--network', this.prefix, '--network-alias', options.name];
    for (const [name, value] of Object.entries(options.environment ?? {}))
      flags.push('--env', `${name}=${value}`);
    for (const port of options.ports ?? []) flags.push('--publish', `127.0.0.1::${port}`);
    for (const [place, text] of Object.entries(options.files ?? {}))
      flags.push('--volume', `${await this.file(text)}:${place}:ro`);
    const name = `${this.prefix}-${options.name}`;
    const create = ['create', '--name', name, '--label', 'lucid.lab.test=images', ...flags];
    const id = await docker(...create, ...(options.flags ?? []), image, ...command);
    this.#containers.push(id);
    await docker('start', id);
    return new Container(id);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#containers.length > 0) await docker('rm', '--force', '--volumes', ...this.#containers);
    for (const name of this.#volumes) await docker('volume', 'rm', name);
    await docker('network', 'rm', this.prefix);
    await rm(this.#dir, { recursive: true });
  }
}
