import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually, type TemporaryFolder, temporaryFolder } from '@lucid/testing';
import { execa } from 'execa';

/** Runs the client; the outcome never rejects. */
export const docker = (...command: readonly string[]) => execa('docker', command, { reject: false });

/** A network with containers, volumes and images of its own names on a real engine; `remove` takes all of them away. */
export class Playground {
  readonly name = `lucid-images-test-${randomBytes(4).toString('hex')}`;
  readonly #folder: TemporaryFolder = temporaryFolder('images');
  readonly #containers: string[] = [];
  readonly #volumes: string[] = [];
  readonly #images = new Set<string>();

  async open(): Promise<this> {
    await this.#must('network', 'create', this.name);
    return this;
  }

  /** Starts a container as deployments do: nothing writable but /tmp and its volumes, no capabilities. */
  async start(image: string, host: string, flags: readonly string[] = []): Promise<string> {
    const name = `${this.name}-${host}`;
    this.#containers.push(name);
    const locked = ['--read-only', '--tmpfs=/tmp', '--cap-drop=ALL', '--security-opt=no-new-privileges'];
    const place = [`--name=${name}`, `--network=${this.name}`, `--network-alias=${host}`];
    await this.#must('run', '--detach', ...place, ...locked, ...flags, image);
    return name;
  }

  /** A flag that mounts a fresh named volume. */
  volume(path: string): string {
    const volume = `${this.name}-${this.#volumes.length}`;
    this.#volumes.push(volume);
    return `--volume=${volume}:${path}`;
  }

  /** Flags that hand a secret over as a file. */
  secret(variable: string, value: string): string[] {
    const file = join(this.#folder.path, `${variable}-${randomBytes(2).toString('hex')}`);
    writeFileSync(file, value, { mode: 0o644 }); // the user of the container is another
    return [
      `--volume=${file}:/run/secrets/${variable}:ro`,
      `--env=${variable}_FILE=/run/secrets/${variable}`,
    ];
  }

  /** Takes these images away at the end, also those whose name went to a later one. */
  owns(...ids: readonly string[]): void {
    for (const id of ids) this.#images.add(id);
  }

  /** Waits until Docker itself finds the container healthy. @throws with its log when it does not come to that */
  async healthy(container: string): Promise<void> {
    const state = async () => (await docker('inspect', '--format', '{{json .State}}', container)).stdout;
    try {
      await eventually(`${container} is healthy`, async () => (await state()).includes('"healthy"'), {
        timeoutMs: 40_000,
        pauseMs: 200,
      });
    } catch (error) {
      const { stdout, stderr } = await docker('logs', container);
      throw new Error(`${await state()}\n${stdout}\n${stderr}`, { cause: error });
    }
  }

  async remove(): Promise<void> {
    if (this.#containers.length > 0) await docker('rm', '--force', '--volumes', ...this.#containers);
    if (this.#volumes.length > 0) await docker('volume', 'rm', ...this.#volumes);
    await docker('network', 'rm', this.name);
    if (this.#images.size > 0) await docker('image', 'rm', '--force', ...this.#images);
    this.#folder.remove();
  }

  async #must(...command: readonly string[]): Promise<void> {
    const { failed, stderr } = await docker(...command);
    if (failed) throw new Error(`docker ${command.join(' ')}: ${stderr}`);
  }
}
