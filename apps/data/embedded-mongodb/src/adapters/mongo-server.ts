/** Engine, listener and upkeep as one thing that starts and stops. */
import { type Clock, type Random, repeat } from '@lucid/clock';
import { loginProblem } from '../config.ts';
import { errors } from '../errors.ts';
import type { ConnectionEvents } from './connection.ts';
import { Engine } from './engine.ts';
import { WireServer } from './server.ts';
import { upkeep } from './upkeep.ts';

export interface MongoServerOptions {
  dataDir: string;
  host: string;
  port: number;
  username?: string | undefined;
  password?: string | undefined;
  allowUnauthenticated?: boolean | undefined;
  clock: Clock;
  random: Random;
  upkeepIntervalMs: number;
  cursorTimeoutMs: number;
  events: Omit<ConnectionEvents, 'onClosed'> & {
    onExpired(documents: number): void;
    onUpkeepFailed(error: unknown): void;
    /** The disk failed in a way after which nothing can be promised. */
    onFatal(error: unknown): void;
  };
}

const SALT_BYTES = 28;

export class MongoServer {
  readonly engine: Engine;
  readonly #options: MongoServerOptions;
  readonly #wire: WireServer;
  readonly #stop = new AbortController();
  #upkeep: Promise<void> = Promise.resolve();
  #address = { host: '', port: 0 };

  /** Opens the data directory. @throws CommandError InvalidOptions when nobody could log in, or everybody from anywhere */
  constructor(options: MongoServerOptions) {
    const problem = loginProblem(options);
    if (problem) throw errors.invalidOptions(problem);
    this.#options = options;
    const { dataDir, clock, random, cursorTimeoutMs, events, host, port, username, password } = options;
    this.engine = new Engine({ dataDir, clock, random, cursorTimeoutMs, onFatal: events.onFatal });
    if (username && password) this.engine.users.setOnly(username, password, random.bytes(SALT_BYTES));
    this.#wire = new WireServer({ engine: this.engine, host, port, trusted: !username, events });
  }

  get address(): { host: string; port: number } {
    return this.#address;
  }
  get connections(): number {
    return this.#wire.connections;
  }

  async start(): Promise<void> {
    await this.engine.disk.settled(true);
    this.#address = await this.#wire.listen();
    const { clock, upkeepIntervalMs: pauseMs, events } = this.#options;
    const round = async (): Promise<boolean> => {
      const { expiredDocuments } = await upkeep(this.engine);
      if (expiredDocuments > 0) events.onExpired(expiredDocuments);
      return false;
    };
    this.#upkeep = repeat(round, {
      clock,
      pauseMs,
      signal: this.#stop.signal,
      onError: events.onUpkeepFailed,
    });
  }

  /** Rejects when the file cannot be read or the log cannot be synced. */
  async checkDisk(): Promise<void> {
    this.engine.disk.statement('SELECT count(*) FROM catalog_collections').get();
    await this.engine.disk.settled(true);
  }

  /** Finishes what is in flight, moves the log into the file, closes. */
  async close(): Promise<void> {
    this.#stop.abort(new Error('stopping'));
    await this.#wire.close();
    await this.#upkeep;
    await this.engine.close();
  }
}
