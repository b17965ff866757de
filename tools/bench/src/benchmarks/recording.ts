import { rmSync } from 'node:fs';
import type { Bench, Benchmark } from '../benchmark.ts';
import { type Figure, figure } from '../measure/figure.ts';
import { type Level, levelName } from '../measure/level.ts';
import { percentile } from '../measure/statistics.ts';
import type { BenchSystem } from '../system/bench-system.ts';
import { writeLevelFiles } from '../system/level-files.ts';
import { type LoadResult, recordAtOnce } from '../system/recording-load.ts';
import { RECORDERS, recordingSystem } from '../system/recording-wishes.ts';
import { Restic, type ResticRun } from '../system/restic.ts';

const MIB = 1024 * 1024;
const LEVELS: readonly Level[] = [
  { sessions: 1, mib: 1024 },
  { sessions: 10, mib: 128 },
  { sessions: 100, mib: 10 },
];
const QUICK_LEVELS: readonly Level[] = [
  { sessions: 1, mib: 64 },
  { sessions: 10, mib: 12 },
];
const WARM_UP: Level = { sessions: 6, mib: 12 };
/** A service that takes a smaller part of all CPU time gets no line. */
const CPU_SHARE = 0.03;
/** What holds bytes of sessions in the clear. */
const WATCHED = ['session-recorder', 'chunk-processor'];

export const recording: Benchmark = {
  name: 'recording',
  summary:
    'MiB/s, sealing of chunks and memory with 1, 10 and 100 sessions at once through the gateway, beside restic with the same files',
  async run(bench) {
    const levels = bench.levels ?? (bench.quick ? QUICK_LEVELS : LEVELS);
    const restic = await Restic.find(bench);
    const system = await recordingSystem(bench);
    bench.note(
      `${RECORDERS} recorders, one processor, each person with five sessions; segments of 64 MiB, each acknowledged when it is fsynced. ` +
        'Ours: SHA-256 of plain and sealed bytes, zstd 3, AES-256-GCM under a key of its own per chunk, two HTTP hops to the recorder, fsync there, HTTP to processor and storage, fsync there. ' +
        'The end is `stored` of the last chunk. A seal is from the last byte of a chunk at the recorder to its `stored`',
    );
    await oneLevel(bench, system, WARM_UP, undefined);
    const figures: Figure[] = [];
    for (const level of levels) {
      bench.say(levelName(level));
      figures.push(...(await oneLevel(bench, system, level, restic)));
    }
    return figures;
  },
};

async function oneLevel(
  bench: Bench,
  system: BenchSystem,
  level: Level,
  restic: Restic | undefined,
): Promise<Figure[]> {
  const folder = bench.folder('level');
  const files = await writeLevelFiles(folder, level, 'session-like');
  const load = { files, sizeBytes: level.mib * MIB, compress: true };
  const ours = await recordAtOnce(bench, system, load);
  const theirs = await restic?.backup(files, 'auto');
  rmSync(folder, { recursive: true, force: true });
  const missed = ours.chunks - ours.sealMs.length;
  if (missed > 0) bench.note(`${levelName(level)}: ${missed} of ${ours.chunks} chunks were gone too soon`);
  if (ours.interruptions > 0)
    bench.note(`${levelName(level)}: ${ours.interruptions} uploads were interrupted and went on`);
  return figuresOf(level, ours, theirs);
}

function figuresOf(level: Level, ours: LoadResult, theirs: ResticRun | undefined): Figure[] {
  const name = levelName(level);
  const total = level.sessions * level.mib;
  const services = [...ours.observed.cpuSeconds.values()].reduce((sum, each) => sum + each, 0);
  const worthALine = CPU_SHARE * (services + ours.clientCpuSeconds);
  const oursPerSecond = total / ours.storedSeconds;
  return [
    figure({ name: `${name}: stored`, unit: 'MiB/s', values: [oursPerSecond] }),
    figure({ name: '  on the recorder’s disk', unit: 'MiB/s', values: [total / ours.receivedSeconds] }),
    ...againstRestic(total, oursPerSecond, services + ours.clientCpuSeconds, theirs),
    ...([0.5, 0.99] as const).map((share) =>
      figure({
        name: `  seal of a chunk, p${share * 100} of ${ours.sealMs.length}`,
        unit: 'ms',
        values: [percentile(ours.sealMs, share)],
      }),
    ),
    ...answersOf(ours),
    ...WATCHED.flatMap((service) => {
      const peak = ours.observed.peakBytes.get(service);
      return peak === undefined
        ? []
        : [figure({ name: `  resident, ${service}, at most`, unit: 'MiB', values: [peak / MIB] })];
    }),
    figure({ name: '  CPU of the client', unit: 's', values: [ours.clientCpuSeconds] }),
    ...[...ours.observed.cpuSeconds]
      .filter(([, seconds]) => seconds >= worthALine)
      .map(([service, seconds]) => figure({ name: `  CPU of ${service}`, unit: 's', values: [seconds] })),
  ];
}

/** Of 20 calls 19 are faster. */
const P95 = 0.95;

function answersOf({ beginMs, apiMs }: LoadResult): Figure[] {
  const p95 = (name: string, values: readonly number[], below: number) =>
    figure({
      name: `  ${name}, p95 of ${values.length}`,
      unit: 'ms',
      values: [percentile(values, P95)],
      target: { word: 'aim', below },
    });
  return [
    p95(
      'POST /sessions',
      beginMs.map(({ create }) => create),
      100,
    ),
    p95(
      'POST /sessions/…/start',
      beginMs.map(({ start }) => start),
      200,
    ),
    p95('GET /sessions/…, while all record', apiMs, 200),
  ];
}

function againstRestic(
  total: number,
  oursPerSecond: number,
  oursCpu: number,
  theirs: ResticRun | undefined,
): Figure[] {
  if (!theirs) return [];
  const perSecond = total / theirs.wallSeconds;
  return [
    figure({ name: '  restic backup', unit: 'MiB/s', kind: 'yardstick', values: [perSecond] }),
    figure({
      name: '  speed of ours / restic',
      unit: '×',
      kind: 'ratio',
      values: [oursPerSecond / perSecond],
      target: { word: 'aim', atLeast: 1 },
    }),
    figure({
      name: '  CPU of ours / restic',
      unit: '×',
      kind: 'ratio',
      values: [oursCpu / theirs.cpuSeconds],
    }),
  ];
}
