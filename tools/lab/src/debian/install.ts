import { execa } from 'execa';
import type { CommandLine } from './enter.ts';

/** A program the lab's engines need, and the Debian package that has it. */
const PROGRAMS = [
  { tool: 'dockerd', packages: ['docker.io'] },
  { tool: 'docker', packages: ['docker-cli', 'docker.io'] }, // in docker.io until Debian 12
  { tool: 'iptables', packages: ['iptables'] },
  { tool: 'ip', packages: ['iproute2'] },
] as const;

/** Programs of Debian's base system that are not installed by the lab. */
export const BASE_TOOLS = ['unshare', 'nsenter', 'mount', 'umount', 'hostname', 'sh'];

/** Whether apt has a version of the package on its list. */
export async function aptKnows(name: string): Promise<boolean> {
  const { stdout } = await execa('apt-cache', ['policy', name], { reject: false, env: { LC_ALL: 'C' } });
  return /Candidate: (?!\(none\))\S/.test(String(stdout ?? ''));
}

export interface Shop {
  hasTool(name: string): Promise<boolean>;
  aptKnows(name: string): Promise<boolean>;
}

/**
 * The Debian packages to install for the engines; empty when every program is there already.
 * `unknown` when apt has not heard of one of them yet: its lists must be fetched first.
 */
export async function missingPackages(
  shop: Shop,
): Promise<{ readonly packages: string[]; readonly unknown: boolean }> {
  const packages = new Set<string>();
  let unknown = false;
  for (const program of PROGRAMS) {
    if (await shop.hasTool(program.tool)) continue;
    const known: string[] = [];
    for (const name of program.packages) if (await shop.aptKnows(name)) known.push(name);
    unknown ||= known.length === 0;
    packages.add(known[0] ?? program.packages.at(-1) ?? program.tool);
  }
  return { packages: [...packages], unknown };
}

const APT = ['DEBIAN_FRONTEND=noninteractive', 'apt-get'];

export const updateCommand: CommandLine = { file: 'env', args: [...APT, 'update'] };

export function installCommand(packages: readonly string[]): CommandLine {
  return { file: 'env', args: [...APT, 'install', '-y', '--no-install-recommends', ...packages] };
}
