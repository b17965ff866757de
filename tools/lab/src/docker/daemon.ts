import { mkdir, rm, writeFile } from 'node:fs/promises';
import { type ServiceProcess, startService, untilReady } from '../data/service.ts';
import type { CommandLine } from '../debian/enter.ts';
import { LabError } from '../errors.ts';
import { SOURCES } from '../paths.ts';
import { namespaceInit, processesMarked } from '../system/marked-processes.ts';
import { mountsUnder } from '../system/mounts.ts';
import { isAlive } from '../system/process-identity.ts';
import { stopProcess } from '../system/stop-process.ts';
import { waitFor } from '../system/wait-for.ts';
import { engineVersion } from './client.ts';
import { configFile, type Daemon, daemonConfig, daemonLog } from './daemon-config.ts';
import { dockerHostOf } from './home.ts';

/** Every process of an engine has its folder in this variable: how leftovers are found. */
export const MARK = 'LUCID_LAB_DAEMON';

/** Time for dockerd to end by itself once its containers are gone. */
const POLITE_MS = 20_000;

/**
 * The command line of an engine: a first process in a process namespace of its own, so that killing that
 * one kills dockerd, containerd, shims and every container at once, whatever happened before.
 */
export function daemonCommand(daemon: Daemon): CommandLine {
  const namespaces = ['--mount', '--pid', '--uts', '--ipc', '--fork', '--kill-child'];
  const dockerd = ['dockerd', '--config-file', configFile(daemon.dir)];
  const unshare = ['unshare', ...namespaces, 'sh', SOURCES.enterEngine, daemon.hostName, ...dockerd];
  if (daemon.netns === undefined) return { file: 'unshare', args: unshare.slice(1) };
  // Not `ip netns exec`: that mounts another /sys, which hides the cgroups.
  return { file: 'nsenter', args: [`--net=/run/netns/${daemon.netns}`, ...unshare] };
}

/** What a dockerd may see of our environment: where programs are, and proxies for its pulls. */
export function daemonEnvironment(env: NodeJS.ProcessEnv, dir: string): Record<string, string> {
  const proxies = Object.entries(env).filter(([name]) => /^(https?|no)_proxy$/i.test(name));
  const path = ['/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', env.PATH]
    .filter(Boolean)
    .join(':');
  return { ...Object.fromEntries(proxies), PATH: path, HOME: '/root', LC_ALL: 'C.UTF-8', [MARK]: dir };
}

/** Starts an engine. Returns its process at once; `untilAnswers` waits for it. */
export async function startDaemon(daemon: Daemon, env: NodeJS.ProcessEnv): Promise<ServiceProcess> {
  await mkdir(daemon.dir, { recursive: true, mode: 0o700 });
  await rm(daemonLog(daemon.dir), { force: true });
  await writeFile(configFile(daemon.dir), `${JSON.stringify(daemonConfig(daemon), null, 2)}\n`);
  return startService(daemonCommand(daemon), daemonLog(daemon.dir), daemonEnvironment(env, daemon.dir));
}

/** Waits until the engine answers. @throws LabError START_FAILED with its log's tail, ABORTED */
export async function untilAnswers(
  daemon: Daemon,
  service: ServiceProcess,
  signal: AbortSignal,
): Promise<void> {
  const answers = async () => (await engineVersion(dockerHostOf(daemon.dir))) !== undefined;
  const options = { log: daemonLog(daemon.dir), timeoutMs: 90_000, signal };
  await untilReady(`dockerd of ${daemon.hostName}`, service, answers, options);
}

/** Kills an engine and all its containers at once. @returns how many processes of the engine there were */
export async function killDaemon(dir: string): Promise<number> {
  const found = await processesMarked(MARK, dir);
  for (const one of found) {
    try {
      process.kill(one.pid, 'SIGKILL');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error; // ESRCH: it ended by itself
    }
  }
  // The namespace's first process is gone only after all others in it are, those in containers included.
  const ended = await waitFor(async () => {
    const alive = await Promise.all(found.map(isAlive));
    return !alive.includes(true) && (await processesMarked(MARK, dir)).length === 0;
  }, 30_000);
  if (!ended) throw new LabError('STOP_FAILED', `the engine in ${dir} does not end`);
  return found.length;
}

/** Ends an engine that has no containers left in good order, and by force when it does not listen. */
export async function stopDaemon(dir: string): Promise<number> {
  const processes = await processesMarked(MARK, dir);
  const init = await namespaceInit(processes);
  if (init !== undefined) await stopProcess(init, 'SIGTERM', POLITE_MS);
  await killDaemon(dir);
  return processes.length;
}

/** Removes an engine's folder. Nothing of it may run any more. @throws LabError STOP_FAILED when mounts are left */
export async function removeDaemonDir(dir: string): Promise<void> {
  const mounts = await mountsUnder(dir);
  if (mounts.length > 0) throw new LabError('STOP_FAILED', `still mounted: ${mounts.join(', ')}`);
  await rm(dir, { recursive: true, force: true, maxRetries: 3 });
}
