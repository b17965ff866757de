import { join } from 'node:path';
import { dockerHostOf } from './home.ts';

/** Address ranges of an engine's own bridges; Lucid's networks (172.20/16, 172.21/16) stay free. */
export interface InsideRanges {
  /** Address and prefix of docker0. */
  readonly bridge: string;
  /** Where networks without a subnet of their own get a /24 from. */
  readonly pool: string;
}

/** Of the one engine that shares the machine's network. */
export const ENGINE_RANGES: InsideRanges = { bridge: '10.95.0.1/24', pool: '10.97.0.0/16' };

/** Of Swarm nodes. Each has a network namespace of its own, so all can have the same. */
export const NODE_RANGES: InsideRanges = { bridge: '10.93.0.1/24', pool: '10.94.0.0/16' };

/** One dockerd of the lab. */
export interface Daemon {
  /** Data root, configuration, log and socket are in here. */
  readonly dir: string;
  readonly hostName: string;
  /** Parent of the containers' cgroups, so that those can be found and removed. */
  readonly cgroup: string;
  readonly ranges: InsideRanges;
  /** Named network namespace; without it the engine uses the machine's network. */
  readonly netns?: string;
  /** Name server for what Docker does not know itself; without it the machine's. */
  readonly dns?: string;
}

export const dataRoot = (dir: string): string => join(dir, 'data');
export const daemonLog = (dir: string): string => join(dir, 'dockerd.log');
export const configFile = (dir: string): string => join(dir, 'daemon.json');

/**
 * The configuration file of a dockerd: a file of its own, for the machine's /etc/docker/daemon.json
 * may say anything. `/run` is private to each (docker/enter.sh), so exec root and pid file can be fixed.
 */
export function daemonConfig(daemon: Daemon): Record<string, unknown> {
  return {
    'data-root': dataRoot(daemon.dir),
    'exec-root': '/run/docker',
    pidfile: '/run/docker.pid',
    hosts: [dockerHostOf(daemon.dir)],
    bip: daemon.ranges.bridge,
    'default-address-pools': [{ base: daemon.ranges.pool, size: 24 }],
    'cgroup-parent': daemon.cgroup,
    'log-level': 'warn',
    'log-driver': 'json-file',
    'log-opts': { 'max-size': '10m', 'max-file': '2' },
    ...(daemon.dns === undefined ? {} : { dns: [daemon.dns] }),
  };
}
