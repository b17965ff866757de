import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Belongings } from './belongings.ts';
import { type Bench, type Benchmark, Skip } from './benchmark.ts';
import type { Figure } from './measure/figure.ts';
import type { Level } from './measure/level.ts';
import type { BenchmarkResult } from './measure/report.ts';
import { secondsSince } from './measure/timed.ts';
import { SystemKeeper } from './system/system-keeper.ts';

export interface RunOptions {
  readonly quick: boolean;
  readonly write?: boolean;
  readonly levels?: readonly Level[] | undefined;
  readonly minutes?: number | undefined;
  readonly validators?: number | undefined;
  readonly belongings: Belongings;
  readonly say: (line: string) => void;
  readonly onResult: (result: BenchmarkResult) => void;
}

/** Runs one benchmark after the other. One that fails does not keep the others from running. */
export async function runBenchmarks(
  benchmarks: readonly Benchmark[],
  options: RunOptions,
): Promise<BenchmarkResult[]> {
  const keeper = new SystemKeeper(options.belongings, options.say);
  const results: BenchmarkResult[] = [];
  for (const benchmark of benchmarks) {
    if (options.belongings.isOver) break;
    const result = await runOne(benchmark, options, keeper);
    results.push(result);
    options.onResult(result);
  }
  await keeper.end();
  return results;
}

async function runOne(
  benchmark: Benchmark,
  { quick, write = false, levels, minutes, validators, belongings, say }: RunOptions,
  keeper: SystemKeeper,
): Promise<BenchmarkResult> {
  const notes: string[] = [];
  const folders: (() => Promise<void>)[] = [];
  const bench: Bench = {
    quick,
    write,
    levels,
    minutes,
    validators,
    belongings,
    say: (line) => say(`${benchmark.name}: ${line}`),
    note: (text) => notes.push(text),
    folder: (name) => {
      const path = mkdtempSync(join(tmpdir(), `lucid-bench-${name}-`));
      folders.push(belongings.add(() => rmSync(path, { recursive: true, force: true, maxRetries: 5 })));
      return path;
    },
    system: (env, set) => keeper.systemWith(env, set),
  };
  const startedMs = performance.now();
  const ended = (rest: Pick<BenchmarkResult, 'outcome' | 'reason'>, figures: Figure[]): BenchmarkResult => ({
    name: benchmark.name,
    ...rest,
    seconds: secondsSince(startedMs),
    figures,
    notes,
  });
  try {
    bench.say(benchmark.summary);
    return ended({ outcome: 'measured' }, await benchmark.run(bench));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return ended({ outcome: error instanceof Skip ? 'skipped' : 'failed', reason }, []);
  } finally {
    for (const remove of folders) await remove();
  }
}
