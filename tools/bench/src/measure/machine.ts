import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';

/** What the figures were measured on. No names: reports are shown around. */
export interface Machine {
  readonly cores: number;
  readonly cpu: string;
  readonly memoryGib: number;
  readonly platform: string;
  readonly node: string;
  /** Processes that wanted a core in the last minute: above the number of cores, figures are of a shared machine. */
  readonly load: number;
}

export const thisMachine = (): Machine => ({
  cores: availableParallelism(),
  cpu: cpus()[0]?.model.trim() ?? 'unknown',
  memoryGib: Math.round(totalmem() / 2 ** 30),
  platform: `${process.platform}-${process.arch}`,
  node: process.versions.node,
  load: Math.round(10 * (loadavg()[0] ?? 0)) / 10,
});

export const machineLine = ({ cores, cpu, memoryGib, platform, node, load }: Machine): string =>
  `${cores} cores (${cpu}), ${memoryGib} GiB, ${platform}, Node ${node}, load ${load}`;
