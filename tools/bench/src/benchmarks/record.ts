import { createHash, randomBytes } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bench, Benchmark } from '../benchmark.ts';
import { type Figure, figure } from '../measure/figure.ts';
import { ratiosOf } from '../measure/statistics.ts';
import { secondsSince } from '../measure/timed.ts';
import { assertSpace } from '../system/level-files.ts';
import { Person } from '../system/person.ts';
import { missingPrograms } from '../system/programs.ts';
import { runTimed, type TimedRun } from '../system/run-timed.ts';
import { writeSessionFile } from '../system/session-file.ts';
import { type Observed, watched } from '../system/watch.ts';
import { OPEN_SYSTEM } from '../system/wishes.ts';

const MIB = 1024 * 1024;
const CHUNK_BYTES = 10 * MIB;

interface Round {
  record: TimedRun;
  observed: Observed;
  pipe: TimedRun | undefined;
  copySeconds: number;
}

export const record: Benchmark = {
  name: 'record',
  summary:
    '`lucid record` of 1 GiB through the whole system, against zstd | openssl | sha256sum and against cp + fsync',
  async run(bench) {
    const sizeMib = bench.quick ? 64 : 1024;
    const rounds = bench.quick ? 1 : 3;
    const folder = bench.folder('record');
    await assertSpace(folder, (rounds + 2) * sizeMib * MIB);
    const file = join(folder, 'session.bin');
    bench.say(`writing ${sizeMib} MiB of session-like bytes`);
    await writeSessionFile(file, sizeMib * MIB);
    const system = await bench.system(OPEN_SYSTEM);
    const person = await Person.join(bench.belongings, system.url, folder);
    const missing = await missingPrograms(['zstd', 'openssl', 'sha256sum']);
    if (missing.length > 0) bench.note(`${missing.join(' and ')} missing here: no ratio against the pipe`);
    else bench.note(`pipe: zstd -3 | openssl enc -aes-256-ctr | sha256sum; ${await zstdVersion(bench)}`);
    bench.note('a block every second; the end is the anchor’s block, seen by the command line');

    const warmUp = join(folder, 'warm-up.bin');
    await writeSessionFile(warmUp, 32 * MIB);
    await person.lucid(['record', warmUp, '--json']);

    const measured: Round[] = [];
    const expected = { sizeBytes: sizeMib * MIB, chunks: Math.ceil((sizeMib * MIB) / CHUNK_BYTES) };
    for (let round = 0; round < rounds; round++) {
      bench.say(`round ${round + 1} of ${rounds}: lucid record`);
      const { value, observed } = await watched(system, expected, () =>
        person.lucid(['record', file, '--json']),
      );
      await assertWhole(person, value, file, folder, round === 0);
      bench.say(`round ${round + 1} of ${rounds}: ${value.wallSeconds.toFixed(1)} s; the yardsticks`);
      const pipe = missing.length === 0 ? await pipeOf(bench, file) : undefined;
      measured.push({ record: value, observed, pipe, copySeconds: await copyOf(bench, file, folder) });
    }
    return figuresOf(measured, sizeMib);
  },
};

/** A fast way to lose bytes would not count: the first recording is fetched again and compared. */
async function assertWhole(
  person: Person,
  { stdout }: TimedRun,
  file: string,
  folder: string,
  isFirst: boolean,
) {
  const session = JSON.parse(stdout) as { session_id: string; status: string };
  if (session.status !== 'completed') throw new Error(`the session is ${session.status}`);
  if (!isFirst) return;
  const copy = join(folder, 'downloaded.bin');
  await person.lucid(['download', session.session_id, '-o', copy, '--quiet']);
  if ((await sha256Of(copy)) !== (await sha256Of(file)))
    throw new Error('what was recorded is not what was sent');
  await rm(copy);
}

async function sha256Of(path: string): Promise<string> {
  const file = await open(path);
  const hash = createHash('sha256');
  for await (const part of file.createReadStream({ highWaterMark: MIB })) hash.update(part as Buffer);
  return hash.digest('hex');
}

const zstdVersion = async ({ belongings }: Bench): Promise<string> =>
  (await runTimed(belongings, 'zstd --version')).stdout.replace(/^\W*(.*?)\W*$/, '$1');

function pipeOf({ belongings }: Bench, file: string): Promise<TimedRun> {
  const [key, iv] = [randomBytes(32).toString('hex'), randomBytes(16).toString('hex')];
  const line = 'zstd -q -3 -c "$1" | openssl enc -aes-256-ctr -K "$2" -iv "$3" | sha256sum';
  return runTimed(belongings, line, { args: [file, key, iv] });
}

async function copyOf({ belongings }: Bench, file: string, folder: string): Promise<number> {
  const copy = join(folder, 'copy.bin');
  const startedMs = performance.now();
  await runTimed(belongings, 'cp "$1" "$2"', { args: [file, copy] });
  const handle = await open(copy, 'r+');
  await handle.sync();
  await handle.close();
  const seconds = secondsSince(startedMs);
  await rm(copy);
  return seconds;
}

function figuresOf(rounds: readonly Round[], sizeMib: number): Figure[] {
  const record = rounds.map((round) => round.record.wallSeconds);
  const copy = rounds.map((round) => round.copySeconds);
  const pipes = rounds.flatMap(({ pipe }) => (pipe ? [pipe] : []));
  const serviceCpu = rounds.map(({ observed }) => sum(observed.cpuSeconds.values()));
  const allCpu = rounds.map(({ record: { cpuSeconds } }, at) => cpuSeconds + (serviceCpu[at] ?? 0));
  const phase = (name: string, values: (number | undefined)[]) =>
    values.every((value) => value !== undefined) ? [figure({ name, unit: 's', values })] : [];
  const pipeWall = pipes.map(({ wallSeconds }) => wallSeconds);
  const pipeCpu = pipes.map(({ cpuSeconds }) => cpuSeconds);
  const stored = rounds.map(({ observed }) => observed.storedSeconds);
  return [
    figure({ name: `lucid record of ${sizeMib} MiB, to the anchor`, unit: 's', values: record }),
    ...phase(
      '  until the recorder has every byte',
      rounds.map(({ observed }) => observed.receivedSeconds),
    ),
    ...phase('  until storage has every chunk', stored),
    figure({ name: 'throughput to the anchor', unit: 'MiB/s', values: record.map((it) => sizeMib / it) }),
    ...(pipes.length === 0
      ? []
      : [figure({ name: 'zstd | openssl | sha256sum', unit: 's', kind: 'yardstick', values: pipeWall })]),
    figure({ name: 'cp + fsync', unit: 's', kind: 'yardstick', values: copy }),
    ...(pipes.length === 0
      ? []
      : [
          figure({
            name: 'time of lucid record / pipe',
            unit: '×',
            kind: 'ratio',
            values: ratiosOf(record, pipeWall),
          }),
          figure({
            name: 'CPU of lucid record / pipe',
            unit: '×',
            kind: 'ratio',
            values: ratiosOf(allCpu, pipeCpu),
          }),
        ]),
    figure({
      name: 'time of lucid record / cp + fsync',
      unit: '×',
      kind: 'ratio',
      values: ratiosOf(record, copy),
    }),
    figure({
      name: 'CPU of the command line',
      unit: 's',
      values: rounds.map((round) => round.record.cpuSeconds),
    }),
    ...cpuByService(rounds),
  ];
}

/** What takes less than a tenth of a second is not worth a line. */
function cpuByService(rounds: readonly Round[]): Figure[] {
  const [first] = rounds;
  return [...(first?.observed.cpuSeconds.keys() ?? [])].flatMap((name) => {
    const values = rounds.map(({ observed }) => observed.cpuSeconds.get(name) ?? 0);
    return Math.max(...values) < 0.1 ? [] : [figure({ name: `CPU of ${name}`, unit: 's', values })];
  });
}

const sum = (values: Iterable<number>): number => [...values].reduce((total, value) => total + value, 0);
