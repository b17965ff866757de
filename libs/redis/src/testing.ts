import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { eventually, freePort, type TemporaryFolder, temporaryFolder } from '@lucid/testing';
import { Redis } from 'ioredis';

const PROGRAM = 'redis-server';
const PASSWORD = 'p@ss/word: of the tests';

/** Why tests with a real Redis cannot run on this machine; undefined where they can. */
export function whyNoRedis(): string | undefined {
  const { error, status } = spawnSync(PROGRAM, ['--version'], { stdio: 'ignore' });
  return error || status !== 0 ? `no ${PROGRAM} on PATH (Debian: apt-get install redis-server)` : undefined;
}

/** A real Redis on loopback, with a password and nothing on disk, that can be killed, paused and started again. */
export class TestRedis implements AsyncDisposable {
  readonly password = PASSWORD;
  readonly port: number;
  readonly #settings: readonly string[];
  readonly #folder: TemporaryFolder = temporaryFolder('redis');
  #child: ChildProcess | undefined;

  constructor(port: number, settings: readonly string[] = []) {
    this.port = port;
    this.#settings = settings;
  }

  /** @param settings further ones, as on the command line of redis-server */
  static async start(settings: readonly string[] = []): Promise<TestRedis> {
    const server = new TestRedis(await freePort(), settings);
    await server.listen();
    return server;
  }

  get uri(): string {
    return `redis://:${encodeURIComponent(PASSWORD)}@127.0.0.1:${this.port}/0`;
  }

  /** Starts it, or starts it again, empty, on the same port. */
  async listen(): Promise<void> {
    const settings = ['--port', String(this.port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
    const secrets = ['--requirepass', PASSWORD, '--masterauth', PASSWORD];
    const all = [...settings, ...secrets, '--dir', this.#folder.path, ...this.#settings];
    const child = spawn(PROGRAM, all, { stdio: ['ignore', 'ignore', 'inherit'] });
    this.#child = child;
    await eventually('Redis answers', async () => {
      if (child.exitCode !== null) throw new Error(`it ended with code ${child.exitCode}`);
      return (await this.ask((client) => client.ping())) === 'PONG';
    });
  }

  /** One command over a connection of its own. */
  async ask<Value>(work: (client: Redis) => Promise<Value>): Promise<Value> {
    const client = new Redis({
      host: '127.0.0.1',
      port: this.port,
      password: PASSWORD,
      lazyConnect: true,
      retryStrategy: null,
    });
    client.on('error', () => undefined); // `connect` rejects with it
    try {
      await client.connect();
      return await work(client);
    } finally {
      client.disconnect();
    }
  }

  /** Stops it from answering, with its connections open. */
  pause(): void {
    this.#child?.kill('SIGSTOP');
  }

  resume(): void {
    this.#child?.kill('SIGCONT');
  }

  async kill(): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  }

  async close(): Promise<void> {
    await this.kill();
    this.#folder.remove();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
