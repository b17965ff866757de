import { setTimeout as sleep } from 'node:timers/promises';
import { secondsSince } from '../measure/timed.ts';
import type { BenchSystem } from './bench-system.ts';
import { cpuSecondsOf } from './cpu.ts';
import { forgetPeak, memoryOf } from './memory.ts';
import { metricsAt, total } from './metrics.ts';

const POLL_MS = 200;

/** What the services did during a recording. */
export interface Observed {
  /** Until the recorder had every byte, and until storage had every chunk. */
  readonly receivedSeconds: number | undefined;
  readonly storedSeconds: number | undefined;
  /** By service, without `lucid-`: of the instance that held most. */
  readonly peakBytes: ReadonlyMap<string, number>;
  /** By service: of all its instances. */
  readonly cpuSeconds: ReadonlyMap<string, number>;
}

interface Expected {
  readonly sizeBytes: number;
  readonly chunks: number;
}

/** Watches memory, CPU time and progress of the services while `work` runs. */
export async function watched<Value>(
  system: BenchSystem,
  expected: Expected,
  work: () => Promise<Value>,
): Promise<{ value: Value; observed: Observed }> {
  const services = await servicesOf(system);
  const recorders = (await system.instances('session-recorder')).map(({ url }) => url);
  const before = await progressAt(recorders);
  const cpuBefore = services.map(({ pid }) => cpuSecondsOf(pid));
  const sampled = new Map<string, number>();
  const canForget = services.every(({ pid }) => forgetPeak(pid));
  const startedMs = performance.now();
  let receivedSeconds: number | undefined;
  let storedSeconds: number | undefined;
  const over = new AbortController();

  const look = async () => {
    for (const { name, pid } of services) {
      const memory = memoryOf(pid);
      const bytes = canForget ? memory?.peakBytes : memory?.rssBytes;
      if (bytes !== undefined) sampled.set(name, Math.max(bytes, sampled.get(name) ?? 0));
    }
    const now = await progressAt(recorders);
    if (now.bytes - before.bytes >= expected.sizeBytes) receivedSeconds ??= secondsSince(startedMs);
    if (now.stored - before.stored >= expected.chunks) storedSeconds ??= secondsSince(startedMs);
  };
  const watching = (async () => {
    while (!over.signal.aborted) {
      await look();
      await sleep(POLL_MS, undefined, { signal: over.signal }).catch(() => undefined); // only an abort ends it early
    }
    await look();
  })();
  watching.catch(() => undefined); // told below, once the work is over
  const value = await work().finally(() => over.abort());
  await watching;
  const cpuSeconds = new Map<string, number>();
  for (const [at, { name, pid }] of services.entries()) {
    const [from, to] = [cpuBefore[at], cpuSecondsOf(pid)];
    if (from !== undefined && to !== undefined) cpuSeconds.set(name, (cpuSeconds.get(name) ?? 0) + to - from);
  }
  return { value, observed: { receivedSeconds, storedSeconds, peakBytes: sampled, cpuSeconds } };
}

/** Services with their pids, and the supervisor. */
export async function servicesOf(system: BenchSystem): Promise<{ name: string; pid: number }[]> {
  const { instances, supervisorPid } = await system.status();
  return [
    ...instances.map(({ service, pid }) => ({ name: service.replace(/^lucid-/, ''), pid })),
    { name: 'supervisor', pid: supervisorPid },
  ].flatMap(({ name, pid }) => (pid === undefined ? [] : [{ name, pid }]));
}

/** Of all recorders: a processor tells any of them that a chunk is in storage. */
async function progressAt(urls: readonly string[]): Promise<{ bytes: number; stored: number }> {
  const pages = await Promise.all(urls.map(metricsAt));
  const sum = (name: string) => pages.reduce((so, series) => so + total(series, name), 0);
  return { bytes: sum('recorder_bytes_total'), stored: sum('chunks_completed_total') };
}
