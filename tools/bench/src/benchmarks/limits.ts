import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  composeSystem,
  LIMIT_HEADROOM,
  type MemoryFile,
  type MemoryRun,
  measuredMemory,
  measuredName,
  memoryProblems,
  profiles,
  type Service,
  system,
} from '@lucid/deploy';
import { WORKSPACE_ROOT } from '@lucid/testing';
import { type Bench, type Benchmark, Skip } from '../benchmark.ts';
import { type Figure, figure } from '../measure/figure.ts';
import { memoryOf } from '../system/memory.ts';
import { memoryOfOthers } from '../system/memory-of-others.ts';
import { memoryOfOurs } from '../system/memory-of-ours.ts';

const FILE = join(WORKSPACE_ROOT, 'deploy/measured/memory.json');

export const limits: Benchmark = {
  name: 'limits',
  summary:
    'memory of every service, idle and at most under recordings at once, beside the limits of the model; --write keeps it',
  async run(bench) {
    if (!memoryOf(process.pid)) throw new Skip('only Linux tells the memory of other processes (/proc)');
    const load = bench.quick ? { people: 2, sizeMib: 16 } : { people: 4, sizeMib: 256 };
    const runs = [await memoryOfOurs(bench, load)];
    const others = await memoryOfOthers(bench, load).catch((error: Error) => error.message);
    if (typeof others === 'string') bench.note(`other people’s programs were not measured: ${others}`);
    else runs.push(others);
    const before = JSON.parse(readFileSync(FILE, 'utf8')) as MemoryFile;
    const file = merged(before, runs);
    const problems = Object.values(profiles).flatMap((profile) =>
      memoryProblems(composeSystem(system, profile).services, file),
    );
    for (const problem of new Set(problems)) bench.note(problem);
    if (bench.write) keep(bench, file);
    return runs.flatMap(figuresOf);
  },
};

/** A run takes the place of the last one on the same engine; what could not be measured now stays. */
function merged(before: MemoryFile, runs: readonly MemoryRun[]): MemoryFile {
  const engines = new Set(runs.map(({ engine }) => engine));
  const kept = before.runs.filter(({ engine }) => !engines.has(engine));
  const all = [...runs, ...kept].sort((one, other) => (one.engine < other.engine ? 1 : -1));
  return { ...before, runs: all };
}

function keep(bench: Bench, file: MemoryFile): void {
  writeFileSync(FILE, `${JSON.stringify(file, null, 2)}\n`);
  bench.say(`written to ${FILE}`);
}

/** Idle, peak, and how many times the peak fits into the smallest limit that any profile gives. */
function figuresOf(run: MemoryRun): Figure[] {
  const smallest = smallestLimits();
  return [...measuredMemory({ runs: [run] })].flatMap(([name, { idle_mib, peak_mib }]) => {
    const limit = smallest.get(name);
    return [
      figure({ name: `${name}, idle`, unit: 'MiB', values: [idle_mib] }),
      figure({ name: `${name}, peak`, unit: 'MiB', values: [peak_mib] }),
      ...(limit === undefined
        ? []
        : [
            figure({
              name: `${name}, limit of ${limit} MiB / peak`,
              unit: '×',
              kind: 'ratio',
              values: [limit / peak_mib],
              target: { word: 'bar', atLeast: LIMIT_HEADROOM },
            }),
          ]),
    ];
  });
}

function smallestLimits(): Map<string, number> {
  const services: readonly Service[] = Object.values(profiles).flatMap(
    (profile) => composeSystem(system, profile).services,
  );
  const smallest = new Map<string, number>();
  for (const service of services) {
    const name = measuredName(service);
    const known = smallest.get(name) ?? Number.POSITIVE_INFINITY;
    smallest.set(name, Math.min(known, service.resources.limits.memoryMiB));
  }
  return smallest;
}
