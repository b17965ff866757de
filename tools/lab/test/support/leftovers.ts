import { execa } from 'execa';
import { cgroupFolders, homeCgroup } from '../../src/docker/cgroups.ts';
import { homeAt } from '../../src/docker/home.ts';
import { ownerMac } from '../../src/swarm/addresses.ts';
import { mountsUnder } from '../../src/system/mounts.ts';

const lines = async (file: string, ...args: string[]): Promise<string[]> =>
  (await execa(file, args)).stdout.split('\n').filter(Boolean);

/** What a home has left on the machine; each list is to be empty. */
export async function leftovers(dir: string, bridge: string | undefined) {
  const { key } = homeAt(dir);
  const isOurs = (line: string) =>
    (bridge !== undefined && new RegExp(`\\b${bridge}(n\\d|-\\d|\\b)`).test(line)) ||
    line.includes(ownerMac(key));
  return {
    links: (await lines('ip', '-o', 'link')).filter(isOurs),
    namespaces: (await lines('ip', 'netns', 'list')).filter(isOurs),
    rules: (await lines('iptables', '-S')).filter(isOurs),
    mounts: await mountsUnder(dir),
    cgroups: await cgroupFolders(homeCgroup(key)),
    processes: (await lines('ps', '-eo', 'pid,args', 'e', '-ww')).filter((line) =>
      line.includes(`LUCID_LAB_DAEMON=${dir}`),
    ),
  };
}

export const NOTHING = { links: [], namespaces: [], rules: [], mounts: [], cgroups: [], processes: [] };
