/**
 * Is this machine good enough? Facts are gathered apart from the judgement, so that the judgement can be tested.
 * Too little is refused before anything starts; little is said and started.
 */
import { statfsSync } from 'node:fs';
import { freemem } from 'node:os';
import { deployErrors } from '../../errors.ts';
import type { System } from '../../model/types.ts';

export interface MachineFacts {
  readonly nodeVersion: string;
  readonly freeMemoryMiB: number;
  readonly freeDiskMiB: number;
}

export interface Needs {
  readonly memoryMiB: number;
}

export interface Verdict {
  readonly refusals: readonly Error[];
  readonly warnings: readonly string[];
}

const OLDEST_NODE = 24;
/** Below 60 % of the expected footprint the kernel would start killing; below 130 % it gets slow. */
const MEMORY_REFUSE = 0.6;
const MEMORY_WARN = 1.3;
/** A store that runs full loses its last write; recordings grow by the gigabyte. */
const DISK_REFUSE_MIB = 512;
const DISK_WARN_MIB = 2_048;

export function needsOf(system: System): Needs {
  const memoryMiB = system.services.reduce(
    (sum, { replicas, memory }) => sum + replicas * memory.expectedMiB,
    0,
  );
  return { memoryMiB };
}

export function judge(facts: MachineFacts, needs: Needs): Verdict {
  const refusals: Error[] = [];
  const warnings: string[] = [];
  const major = Number(facts.nodeVersion.replace(/^v/, '').split('.')[0]);
  if (major < OLDEST_NODE) refusals.push(deployErrors.oldNode(facts.nodeVersion));

  const memory = `${Math.round(facts.freeMemoryMiB)} MiB of memory are free, about ${needs.memoryMiB} MiB are needed`;
  if (facts.freeMemoryMiB < needs.memoryMiB * MEMORY_REFUSE)
    refusals.push(deployErrors.notEnough(`too little memory: ${memory}`));
  else if (facts.freeMemoryMiB < needs.memoryMiB * MEMORY_WARN) warnings.push(`memory is short: ${memory}`);

  const disk = `${Math.round(facts.freeDiskMiB)} MiB of disk are free`;
  if (facts.freeDiskMiB < DISK_REFUSE_MIB)
    refusals.push(deployErrors.notEnough(`too little disk: ${disk}, ${DISK_REFUSE_MIB} MiB are needed`));
  else if (facts.freeDiskMiB < DISK_WARN_MIB) warnings.push(`disk is short: ${disk}`);
  return { refusals, warnings };
}

/** @param dir where the data will be written */
export function machineFacts(dir: string): MachineFacts {
  const disk = statfsSync(dir);
  return {
    nodeVersion: process.version,
    freeMemoryMiB: freemem() / 2 ** 20, // what the kernel could hand out, caches included
    freeDiskMiB: (disk.bavail * disk.bsize) / 2 ** 20,
  };
}
