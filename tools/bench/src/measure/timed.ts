/** Wall and CPU time of something that runs in this process. */
export interface Timed {
  readonly wallSeconds: number;
  /** Of all threads of this process: what noisy neighbours cannot stretch. */
  readonly cpuSeconds: number;
}

export function timed(work: () => unknown): Timed {
  const cpu = process.cpuUsage();
  const startedMs = performance.now();
  work();
  return since(startedMs, cpu);
}

export async function timedAsync(work: () => Promise<unknown>): Promise<Timed> {
  const cpu = process.cpuUsage();
  const startedMs = performance.now();
  await work();
  return since(startedMs, cpu);
}

function since(startedMs: number, cpu: NodeJS.CpuUsage): Timed {
  const wallSeconds = (performance.now() - startedMs) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  return { wallSeconds, cpuSeconds: (user + system) / 1e6 };
}

export const secondsSince = (startedMs: number): number => (performance.now() - startedMs) / 1000;
