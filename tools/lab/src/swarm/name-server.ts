import { Resolver } from 'node:dns/promises';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { startService } from '../data/service.ts';
import { daemonEnvironment } from '../docker/daemon.ts';
import { LabError, throwIfAborted } from '../errors.ts';
import { tail } from '../system/tail.ts';
import { waitFor } from '../system/wait-for.ts';

const PROGRAM = resolve(import.meta.dirname, 'unknown-names.ts');

/** Whether somebody at the address says that a name does not exist. */
async function answers(address: string): Promise<boolean> {
  const resolver = new Resolver({ timeout: 500, tries: 1 });
  resolver.setServers([address]);
  return resolver.resolve4('unknown.lucid-lab.invalid').then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code === 'ENOTFOUND', // not ETIMEOUT, ECONNREFUSED: not yet
  );
}

/**
 * Starts the name server of a Swarm on the machine's address in its subnet. It is found and ended like an
 * engine, by its folder. @throws LabError START_FAILED when nobody answers there, ABORTED
 */
export async function startNameServer(
  dir: string,
  address: string,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<void> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const log = join(dir, 'dns.log');
  const args = ['--mount', process.execPath, PROGRAM, address];
  await startService({ file: 'unshare', args }, log, daemonEnvironment(env, dir));
  const ready = await waitFor(async () => {
    throwIfAborted(signal);
    return answers(address);
  }, 30_000);
  if (!ready)
    throw new LabError('START_FAILED', `no name server at ${address} (log: ${log})`, await tail(log));
}
