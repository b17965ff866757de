import { spawn } from 'node:child_process';
import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { CommandLine } from '../debian/enter.ts';
import { LabError, throwIfAborted } from '../errors.ts';
import { identify, isAlive, mountNamespace, type ProcessIdentity } from '../system/process-identity.ts';
import { tail } from '../system/tail.ts';
import { waitFor } from '../system/wait-for.ts';

export type ServiceProcess = ProcessIdentity & { readonly mountNamespace: string };

/**
 * Starts a process that outlives this one, its output in a log. Returns once it has left our mount
 * namespace, for its own namespace is how leftovers of it are found later.
 * @param env the whole environment of the process
 * @throws LabError START_FAILED when it ends before that
 */
export async function startService(
  command: CommandLine,
  log: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<ServiceProcess> {
  await mkdir(dirname(log), { recursive: true });
  await using file = await open(log, 'a', 0o600);
  // Not execa: the output must go to the file itself, for we end before the service does.
  const child = spawn(command.file, command.args, {
    stdio: ['ignore', file.fd, file.fd],
    detached: true,
    cwd: '/',
    env,
  });
  child.on('error', () => undefined); // told by the missing pid
  child.unref();
  const pid = child.pid;
  const own = await mountNamespace(process.pid);
  let namespace: string | undefined;
  const entered = async () => {
    namespace = pid === undefined ? undefined : await mountNamespace(pid);
    return namespace === undefined || namespace !== own;
  };
  await waitFor(entered, 20_000, 5); // a machine under load takes its time to start anything
  const identity = pid === undefined ? undefined : await identify(pid);
  if (identity === undefined || namespace === undefined || namespace === own) {
    child.kill('SIGKILL');
    throw new LabError('START_FAILED', `${command.file} did not start (log: ${log})`, await tail(log));
  }
  return { ...identity, mountNamespace: namespace };
}

/**
 * Waits until a started service answers.
 * @throws LabError START_FAILED with the log's tail when it ends or the time is over, ABORTED on the signal
 */
export async function untilReady(
  name: string,
  service: ServiceProcess,
  isReady: () => Promise<boolean>,
  options: { readonly log: string; readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<void> {
  let alive = true;
  const done = await waitFor(async () => {
    throwIfAborted(options.signal);
    alive = await isAlive(service);
    return !alive || (await isReady());
  }, options.timeoutMs);
  if (done && alive) return;
  const what = alive ? `does not answer after ${options.timeoutMs / 1000} s` : 'ended while starting';
  throw new LabError('START_FAILED', `${name} ${what} (log: ${options.log})`, await tail(options.log));
}
