import { type Bench, type Benchmark, Skip } from '../benchmark.ts';
import { type Figure, figure } from '../measure/figure.ts';
import type { Level } from '../measure/level.ts';
import { ratiosOf } from '../measure/statistics.ts';
import type { BenchSystem } from '../system/bench-system.ts';
import { writeLevelFiles } from '../system/level-files.ts';
import { recordAtOnce } from '../system/recording-load.ts';
import { recordingSystem } from '../system/recording-wishes.ts';
import { Restic } from '../system/restic.ts';
import type { SessionBytes } from '../system/session-file.ts';

const MIB = 1024 * 1024;

interface Kind {
  readonly name: string;
  readonly bytes: SessionBytes;
  readonly compress: boolean;
}

const KINDS: readonly Kind[] = [
  { name: 'session-like, compressed', bytes: 'session-like', compress: true },
  { name: 'session-like, not compressed', bytes: 'session-like', compress: false },
  { name: 'random, compression tried', bytes: 'random', compress: true },
];

export const resticBenchmark: Benchmark = {
  name: 'restic',
  summary:
    'four sessions at once beside `restic backup`: bytes that shrink and bytes that do not, compressed or not',
  async run(bench) {
    const restic = await Restic.find(bench);
    if (!restic) throw new Skip('restic is not here: apt-get install restic');
    const level: Level = { sessions: 4, mib: bench.quick ? 12 : 64 };
    const system = await recordingSystem(bench);
    bench.note(
      `four files of ${level.mib} MiB; both with the same compression setting; opening the repository taken off`,
    );
    const figures: Figure[] = [];
    for (const kind of KINDS) figures.push(...(await measure(bench, system, restic, level, kind)));
    return figures;
  },
};

async function measure(
  bench: Bench,
  system: BenchSystem,
  restic: Restic,
  level: Level,
  { name, bytes, compress }: Kind,
): Promise<Figure[]> {
  const rounds = bench.quick ? 1 : 3;
  const files = await writeLevelFiles(bench.folder('kind'), level, bytes);
  const total = level.sessions * level.mib;
  const ours: number[] = [];
  const theirs: number[] = [];
  const opening: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    bench.say(`${name}, round ${round} of ${rounds}`);
    const recorded = await recordAtOnce(bench, system, { files, sizeBytes: level.mib * MIB, compress });
    const backedUp = await restic.backup(files, compress ? 'auto' : 'off');
    if (round === 0) continue; // both have read the files and warmed up
    ours.push(total / recorded.storedSeconds);
    theirs.push(total / backedUp.wallSeconds);
    opening.push(backedUp.openingSeconds);
  }
  return [
    figure({ name: `${name}: stored`, unit: 'MiB/s', values: ours }),
    figure({ name: `${name}: restic backup`, unit: 'MiB/s', kind: 'yardstick', values: theirs }),
    figure({
      name: `${name}: ours / restic`,
      unit: '×',
      kind: 'ratio',
      values: ratiosOf(ours, theirs),
      target: { word: 'aim', atLeast: 1 },
    }),
    figure({ name: `${name}: opening the repository`, unit: 's', kind: 'yardstick', values: opening }),
  ];
}
