import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { exists } from '../debian/root-folder.ts';
import { bridgeIndex, ownerMac } from '../swarm/addresses.ts';
import { links } from '../swarm/links.ts';
import { lockCondition } from '../system/lock.ts';
import { MARK } from './daemon.ts';
import { type Home, homeAt } from './home.ts';

/** The home of `lab up` without `--state`. */
export const defaultHome = (cache: string): Home => homeAt(join(cache, 'docker'));

const runsDir = (cache: string): string => join(cache, 'docker', 'runs');

/** The home of one throw-away engine or Swarm of `--run`. */
export const runHome = (cache: string, name: string): Home => homeAt(join(runsDir(cache), name));

/** The home of an engine's folder: `HOME/engine`, `HOME/swarm/NUMBER` or `HOME/swarm/dns`. */
export function homeOfDaemon(daemonDir: string): string | undefined {
  if (daemonDir.endsWith('/engine')) return dirname(daemonDir);
  return /\/swarm\/(\d|dns)$/.test(daemonDir) ? dirname(dirname(daemonDir)) : undefined;
}

/** The folders of all engines of the lab that run, whoever started them. */
async function runningDaemons(): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const dirs = await Promise.all(
    pids.map(async (pid) => {
      const environ = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => ''); // ended, or not ours
      const entry = environ.split('\0').find((one) => one.startsWith(`${MARK}=`));
      return entry?.slice(MARK.length + 1);
    }),
  );
  return [...new Set(dirs.filter((dir) => dir !== undefined))];
}

/** The homes whose bridge is there; the bridge says whose it is (see swarm/network.ts). */
async function bridgedHomes(): Promise<string[]> {
  return (await links())
    .filter(({ ifname, address, ifalias }) => {
      const isOurs = bridgeIndex(ifname) !== undefined && ifalias !== undefined;
      return isOurs && address === ownerMac(homeAt(ifalias).key);
    })
    .map(({ ifalias }) => ifalias ?? '');
}

/** Every home on this machine that something is there of, the default one always first. */
export async function allHomes(cache: string): Promise<Home[]> {
  const runs = await readdir(runsDir(cache)).catch(() => []);
  if (process.getuid?.() !== 0) return [defaultHome(cache)]; // only root has engines, and may look at them
  const dirs = [
    defaultHome(cache).dir,
    ...runs.map((name) => runHome(cache, name).dir),
    ...(await runningDaemons()).map(homeOfDaemon).filter((dir) => dir !== undefined),
    ...(await bridgedHomes()),
  ];
  return [...new Set(dirs)].map(homeAt);
}

/** Whether nobody will ever take this home down: its owner has ended without doing so, or its folder is gone. */
export async function isAbandoned(home: Home): Promise<boolean> {
  return (await lockCondition(home.lock)) === 'abandoned' || !(await exists(home.dir));
}
