import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ServicePlace } from '../debian/enter.ts';
import { LabError } from '../errors.ts';
import { answers, ferretdbCommand } from '../ferretdb/serve.ts';
import type { InstancePaths } from '../paths.ts';
import {
  initCluster,
  isServerReady,
  removeStalePid,
  runSql,
  serverCommand,
  setUpSql,
} from '../postgres/cluster.ts';
import { freePort } from '../system/free-port.ts';
import { stopProcess, sweepNamespace } from '../system/stop-process.ts';
import { createPassword, mongodbUri } from './credentials.ts';
import { startService, untilReady } from './service.ts';
import { type InstanceState, readState, writeState } from './state.ts';

const HOST = '127.0.0.1';
const PORT_ATTEMPTS = 3;

export interface Built {
  readonly rootDir: string;
  readonly binDir: string;
}

/** One PostgreSQL and one FerretDB. Its methods expect that the caller holds the instance's lock. */
export class Instance {
  readonly #paths: InstancePaths;
  readonly #place: ServicePlace;
  readonly #signal: AbortSignal;
  #state: InstanceState;

  constructor(paths: InstancePaths, built: Built, signal: AbortSignal) {
    this.#paths = paths;
    this.#place = { ...built, storeDir: paths.store };
    this.#signal = signal;
    this.#state = { version: 1, phase: 'starting', rootDir: built.rootDir, host: HOST };
  }

  async #record(change: Partial<InstanceState>): Promise<void> {
    this.#state = { ...this.#state, ...change };
    await writeState(this.#paths.state, this.#state);
  }

  #log(name: string): string {
    return join(this.#paths.logs, `${name}.log`);
  }

  /** Starts PostgreSQL on this instance's data, made on the first call. */
  async startPostgres(): Promise<void> {
    const log = this.#log('postgres');
    await mkdir(this.#paths.dir, { recursive: true, mode: 0o700 });
    await rm(this.#paths.logs, { recursive: true, force: true });
    await initCluster({ place: this.#place, log, signal: this.#signal });
    await removeStalePid(this.#paths.store);
    const postgres = await startService(serverCommand(this.#place), log);
    await this.#record({ postgres });
    const ready = () => isServerReady(this.#place);
    await untilReady('PostgreSQL', postgres, ready, { log, timeoutMs: 60_000, signal: this.#signal });
    await runSql(this.#place, setUpSql(await createPassword(this.#paths.password)));
  }

  /** Starts FerretDB on a free port and returns the address for clients. */
  async startFerretdb(): Promise<string> {
    const log = this.#log('ferretdb');
    for (let attempt = 1; ; attempt++) {
      const port = await freePort(HOST);
      const ferretdb = await startService(ferretdbCommand(this.#place, HOST, port), log);
      await this.#record({ ferretdb, port });
      const uri = await mongodbUri(this.#paths.password, HOST, port);
      try {
        const options = { log, timeoutMs: 30_000, signal: this.#signal };
        await untilReady('FerretDB', ferretdb, () => answers(uri), options);
        await this.#record({ phase: 'up' });
        return uri;
      } catch (error) {
        // Between choosing the port and binding it somebody else may have taken it.
        const taken = error instanceof LabError && error.detail?.includes('address already in use');
        if (!taken || attempt === PORT_ATTEMPTS) throw error;
      }
    }
  }
}

/** Ends what the state file names, whatever its condition, and forgets it. Returns how many processes ended. */
export async function stopInstance(paths: InstancePaths): Promise<number> {
  const state = await readState(paths.state);
  if (state === undefined) return 0;
  let ended = 0;
  for (const [service, polite] of [
    [state.ferretdb, 'SIGTERM'],
    [state.postgres, 'SIGINT'], // "fast shutdown": disconnects clients, then a clean end
  ] as const) {
    if (service === undefined) continue;
    if ((await stopProcess(service, polite)) !== 'gone') ended += 1;
    ended += await sweepNamespace(state.rootDir, service.mountNamespace);
  }
  await rm(paths.state, { force: true });
  await rm(paths.password, { force: true });
  return ended;
}
