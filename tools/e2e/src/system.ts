import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type InstanceStatus, ProcessEngine, type SystemStatus } from '@lucid/deploy';
import { eventually, freePort, type TemporaryFolder, temporaryFolder, WORKSPACE_ROOT } from '@lucid/testing';
import { type DatabaseFiles, databaseFiles, storeVariables } from './given-store.ts';
import { type Ended, endAll, type Running, run, start } from './run.ts';

const DEPLOY = join(WORKSPACE_ROOT, 'deploy/bin/deploy.mjs');
const START_TIMEOUT_MS = 240_000; // the first start of a run builds what has changed
/** `LUCID_E2E_KEEP=1` leaves homes and files where they are, to look at what went wrong. */
const KEEP = process.env.LUCID_E2E_KEEP === '1';

export interface SystemWishes {
  /** `NAME=value` or `service:NAME=value`, as for `--env`. */
  env?: readonly string[];
  /** `path=value`, as for `--set`. */
  set?: readonly string[];
  /** Leave it to the background, as people do; otherwise it ends with this process, however this process ends. @default false */
  detach?: boolean;
  /** Services go on serving for a while when they are told to stop; the other tests need not wait for that. @default false */
  drains?: boolean;
  /** A MongoDB-speaking server to keep everything in, instead of the embedded one. */
  storeUri?: string | undefined;
  /** Called before the start, with the folder that the data will lie in. @returns what undoes it, once everything is down */
  prepare?: (dataFolder: string) => () => void;
}

/** The harness’s command line. */
export const deploy = (...args: string[]): Promise<Ended> =>
  run(process.execPath, [DEPLOY, ...args], { cwd: WORKSPACE_ROOT });

/** A whole Lucid of its own: every service a process, in a temporary home, behind a free port. */
export class LucidSystem {
  readonly folder: TemporaryFolder;
  readonly home: string;
  readonly url: string;
  readonly #engine: ProcessEngine;
  #supervisor: Running | undefined;
  #databases: DatabaseFiles = new Map();
  #undo: (() => void) | undefined;

  private constructor(folder: TemporaryFolder, port: number) {
    this.folder = folder;
    this.home = join(folder.path, 'home');
    this.url = `http://127.0.0.1:${port}`;
    this.#engine = new ProcessEngine({ root: WORKSPACE_ROOT, home: this.home });
  }

  /** Starts it and waits until all of it is ready. Nothing is left when it does not become so. */
  static async start(name: string, wishes: SystemWishes = {}): Promise<LucidSystem> {
    const folder = temporaryFolder(`e2e-${name}`);
    const system = new LucidSystem(folder, await freePort());
    const data = join(system.home, 'data');
    mkdirSync(data, { recursive: true, mode: 0o700 });
    system.#undo = wishes.prepare?.(data);
    if (wishes.storeUri) system.#databases = databaseFiles(wishes.storeUri, folder.path);
    const quick = wishes.drains ? [] : ['DRAIN_DELAY_MS=0'];
    const env = [...quick, ...(wishes.env ?? []), ...storeVariables(system.#databases)].map(
      (variable) => `--env=${variable}`,
    );
    const options = [
      '--profile=dev',
      `--home=${system.home}`,
      `--publish=${new URL(system.url).host}`,
      ...env,
      ...(wishes.set ?? []).map((override) => `--set=${override}`),
    ];
    try {
      if (wishes.detach) await system.#startDetached(options);
      else await system.#startWatched(options);
    } catch (error) {
      await system.end();
      throw error;
    }
    return system;
  }

  async #startDetached(options: readonly string[]): Promise<void> {
    const { code, err, out } = await deploy('up', '--detach', ...options);
    if (code !== 0) throw new Error(`the system did not start (${code}): ${err || out}`);
  }

  async #startWatched(options: readonly string[]): Promise<void> {
    const args = [DEPLOY, 'up', ...options];
    const supervisor = start(process.execPath, args, { cwd: WORKSPACE_ROOT, watched: true });
    this.#supervisor = supervisor;
    let over: Ended | undefined;
    void supervisor.ended.then((ended) => {
      over = ended;
    });
    const isUp = async () => over !== undefined || (await this.#engine.status())?.phase === 'running';
    await eventually('the whole system is ready', isUp, { timeoutMs: START_TIMEOUT_MS, pauseMs: 100 });
    if (over) throw new Error(`the system did not start (${over.code}): ${over.err || over.out}`);
  }

  async status(): Promise<SystemStatus> {
    const status = await this.#engine.status();
    if (!status) throw new Error(`nothing is up in ${this.home}`);
    return status;
  }

  /** The instances of a service, by its name without `lucid-`. */
  async instancesOf(service: string): Promise<readonly InstanceStatus[]> {
    const { instances } = await this.status();
    return instances.filter((instance) => instance.service === `lucid-${service}`);
  }

  /** Resolves when every instance is ready. */
  allReady(timeoutMs = 60_000): Promise<unknown> {
    const ready = async () => (await this.status()).instances.every(({ state }) => state === 'ready');
    return eventually('every instance is ready', ready, { timeoutMs, pauseMs: 100 });
  }

  /** Folder of a shared volume (by service) or of one instance’s (by instance). */
  dataOf(owner: string): string {
    return join(this.home, 'data', `lucid-${owner}`);
  }

  secret(name: string): string {
    return readFileSync(join(this.home, 'secrets', name), 'utf8').trim();
  }

  /** Connection string of a database of the model, as it is reached from here. */
  async databaseUri(database: string): Promise<string> {
    const given = this.#databases.get(database);
    if (given) return readFileSync(given, 'utf8');
    const [store] = await this.instancesOf('mongodb');
    return this.secret(`lucid-mongodb-${database}-uri`).replace(/(?<=@)[^/]+/, store?.address ?? '');
  }

  deploy(command: string, ...args: string[]): Promise<Ended> {
    return deploy(command, `--home=${this.home}`, ...args);
  }

  /** Stops the services; home, files and profiles stay. */
  async down(): Promise<void> {
    await this.#engine.down();
    await this.#supervisor?.ended;
    this.#supervisor = undefined;
  }

  /** Stops everything that was started, and removes what it left. */
  async end(): Promise<void> {
    await this.down();
    await endAll();
    this.#undo?.();
    if (KEEP) console.log(`kept: ${this.folder.path}`);
    else this.folder.remove();
  }
}
