/**
 * What one instance was measured to hold, and whether the model gives it enough: `deploy/measured/memory.json`, which
 * the benchmark `limits` writes.
 */
import type { Service } from './types.ts';

export interface MeasuredMemory {
  /** Most that was seen while nobody asked for anything. */
  readonly idle_mib: number;
  /** Most that was seen under the load of the run. */
  readonly peak_mib: number;
}

/** One system, measured once. */
export interface MemoryRun {
  readonly engine: 'process' | 'compose';
  readonly profile: string;
  /** `2026-01-31`. */
  readonly measured_on: string;
  /** Its class, never its name. */
  readonly machine: string;
  readonly node: string;
  readonly load: string;
  readonly images: Readonly<Record<string, MeasuredMemory>>;
}

export interface MemoryFile {
  readonly format: 1;
  readonly runs: readonly MemoryRun[];
  /** Images nobody has measured, and why. */
  readonly unmeasured: Readonly<Record<string, string>>;
}

/**
 * A limit is at least this many times the peak. It is the bar that the benchmark `memory` sets for how much more a
 * recording of four times the size may take.
 */
export const LIMIT_HEADROOM = 1.25;

/** The name measurements are kept under, without registry and version: `api-gateway`, `haproxy`. */
export function measuredName({ image }: Pick<Service, 'image'>): string {
  return image.reference.split('/').at(-1)?.split(/[:@]/)[0] ?? image.reference;
}

/** By image; of several runs the larger numbers. */
export function measuredMemory({ runs }: Pick<MemoryFile, 'runs'>): Map<string, MeasuredMemory> {
  const measured = new Map<string, MeasuredMemory>();
  for (const [name, { idle_mib, peak_mib }] of runs.flatMap(({ images }) => Object.entries(images))) {
    const known = measured.get(name) ?? { idle_mib: 0, peak_mib: 0 };
    measured.set(name, {
      idle_mib: Math.max(known.idle_mib, idle_mib),
      peak_mib: Math.max(known.peak_mib, peak_mib),
    });
  }
  return measured;
}

/**
 * Everything that is built and has too little, or whose needs nobody knows: a limit below the peak with headroom, a
 * reservation below what it holds when idle, no measurement and no reason for that. One sentence each.
 */
export function memoryProblems(services: readonly Service[], file: MemoryFile): string[] {
  const measured = measuredMemory(file);
  return services
    .filter(({ status }) => status === 'built')
    .flatMap((service) => {
      const name = measuredName(service);
      const memory = measured.get(name);
      if (memory) return tooLittle(service, memory);
      return name in file.unmeasured
        ? []
        : [`${service.name}: nobody has measured the memory of ${name}, or said why not`];
    });
}

function tooLittle({ name, resources }: Service, { idle_mib, peak_mib }: MeasuredMemory): string[] {
  const { limits, reservations } = resources;
  const wanted = Math.ceil(peak_mib * LIMIT_HEADROOM);
  return [
    ...(limits.memoryMiB < wanted
      ? [`${name} may take ${limits.memoryMiB} MiB, and took ${peak_mib}: it wants a limit of ${wanted}`]
      : []),
    ...(reservations.memoryMiB < idle_mib
      ? [`${name} is kept ${reservations.memoryMiB} MiB free, and holds ${idle_mib} when idle`]
      : []),
  ];
}
