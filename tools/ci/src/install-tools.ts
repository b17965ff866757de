/**
 * Installs the Debian packages that some tests try their configuration with. Only by root, only what is missing; no
 * server of them is started. Without it those tests are skipped and say why.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { startPolicy } from './start-policy.ts';

/** A program that tests start, the Debian package it is in, and the server that package would start. */
interface Tool {
  readonly program: string;
  readonly debian: string;
  readonly unit: string;
}

const tools: readonly Tool[] = [
  { program: 'redis-server', debian: 'redis-server', unit: 'redis-server' },
  { program: 'haproxy', debian: 'haproxy', unit: 'haproxy' },
  { program: 'nginx', debian: 'nginx-light', unit: 'nginx' },
  { program: 'promtool', debian: 'prometheus', unit: 'prometheus' },
  { program: 'amtool', debian: 'prometheus-alertmanager', unit: 'prometheus-alertmanager' },
];

export interface Machine {
  readonly isRoot: boolean;
  has(program: string): boolean;
  /** Runs it to its end. @throws Error when it fails */
  run(command: readonly string[]): void;
  /** Whether systemd runs, which would start servers at the next boot. */
  readonly hasSystemd: boolean;
  /** Makes the package scripts start nothing while `work` runs. */
  startingNothing(work: () => void): void;
  /** Lets them start again what an interrupted run forbade. */
  clear(): void;
}

/** @returns what was done or why not, in one line; undefined when nothing is missing */
export function installTools(machine: Machine): string | undefined {
  if (machine.isRoot) machine.clear();
  const missing = tools.filter(({ program }) => !machine.has(program));
  const names = missing.map(({ debian }) => debian).join(', ');
  if (missing.length === 0) return undefined;
  if (!machine.isRoot) return `not installed, because that needs root: ${names}`;
  if (!machine.has('apt-get')) return `not installed, because there is no apt-get: ${names}`;
  const apt = ['env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-qq'];
  try {
    machine.startingNothing(() => {
      machine.run([...apt, 'update']);
      machine.run([...apt, 'install', '-y', '--no-install-recommends', ...missing.map((it) => it.debian)]);
    });
    if (machine.hasSystemd)
      machine.run(['systemctl', 'disable', '--now', ...missing.map(({ unit }) => unit)]);
  } catch (error) {
    return `not installed, because apt failed: ${names} (${(error as Error).message.split('\n')[0]})`;
  }
  return `installed, and nothing of it started: ${names}`;
}

/** @param path folders that are searched for programs */
export function thisMachine(path: string): Machine {
  return {
    isRoot: process.getuid?.() === 0,
    hasSystemd: existsSync('/run/systemd/system'),
    has: (program) => path.split(delimiter).some((folder) => existsSync(join(folder, program))),
    run([file = '', ...args]) {
      execFileSync(file, args, { stdio: ['ignore', 'inherit', 'inherit'] });
    },
    ...startPolicy('/usr/sbin/policy-rc.d'),
  };
}
