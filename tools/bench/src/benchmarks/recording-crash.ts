import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { InstanceStatus } from '@lucid/deploy';
import type { Bench, Benchmark } from '../benchmark.ts';
import { figure } from '../measure/figure.ts';
import { type Level, levelName } from '../measure/level.ts';
import type { BenchSystem } from '../system/bench-system.ts';
import { writeLevelFiles } from '../system/level-files.ts';
import type { LiveSession } from '../system/live-session.ts';
import { metricsAt, total } from '../system/metrics.ts';
import { beginSessions, inTurn } from '../system/recording-load.ts';
import { recordingSystem } from '../system/recording-wishes.ts';
import { type Interruption, type Progress, sendFile } from '../system/send-file.ts';

const MIB = 1024 * 1024;
/** The kill comes when so much of everything has been sent. */
const SHARE_BEFORE = 1 / 3;
const LOOK_EVERY_MS = 10;

interface Crash {
  /** From the kill until each session of that recorder had new bytes acknowledged. */
  readonly secondsUntilTaken: number[];
  readonly sentAgainBytes: number[];
}

export const recordingCrash: Benchmark = {
  name: 'recording-crash',
  summary:
    'kill -9 of a recorder at full load: time until its sessions take bytes again, bytes that are sent again',
  async run(bench) {
    const rounds = bench.quick ? 1 : 3;
    const level: Level = bench.quick ? { sessions: 6, mib: 32 } : { sessions: 10, mib: 96 };
    const system = await recordingSystem(bench);
    const files = await writeLevelFiles(bench.folder('crash'), level, 'session-like');
    const crashes: Crash[] = [];
    for (let round = 0; round < rounds; round++) {
      bench.say(`round ${round + 1} of ${rounds}`);
      crashes.push(await crash(bench, system, level, files));
    }
    const each = crashes.map(({ secondsUntilTaken }) => secondsUntilTaken);
    bench.note(
      `${levelName(level)} at once on ${each.map(({ length }) => length).join(', ')} of them the recorder that is killed in each round; the engine starts it again. ` +
        'A client asks for the offset every 20 ms, goes on there, and counts as taken again what is acknowledged. Every session came to its anchor with all its bytes; one per round was downloaded and compared',
    );
    const perRound = (name: string, unit: string, of: (crash: Crash) => number) =>
      figure({ name, unit, values: crashes.map(of) });
    return [
      perRound('first session takes bytes again', 's', (it) => Math.min(...it.secondsUntilTaken)),
      perRound('last session takes bytes again', 's', (it) => Math.max(...it.secondsUntilTaken)),
      perRound('sent again, per session on average', 'MiB', (it) => mean(it.sentAgainBytes) / MIB),
      perRound('sent again, most of one session', 'MiB', (it) => Math.max(...it.sentAgainBytes) / MIB),
    ];
  },
};

async function crash(
  bench: Bench,
  system: BenchSystem,
  level: Level,
  files: readonly string[],
): Promise<Crash> {
  const sizeBytes = level.mib * MIB;
  const sessions = await beginSessions(bench, system.url, level.sessions, true);
  const progress: Progress = { sentBytes: 0 };
  const sending = Promise.all(
    sessions.map((session, at) => sendFile(session, files[at] ?? '', sizeBytes, progress)),
  );
  let isOver = false;
  const over = sending.finally(() => {
    isOver = true;
  });
  const underWay = async () => {
    while (!isOver && progress.sentBytes < SHARE_BEFORE * sizeBytes * sessions.length)
      await sleep(LOOK_EVERY_MS);
  };
  await Promise.race([over, underWay()]);
  if (isOver) throw new Error('everything was sent before the kill');
  const victim = await busiest(system);
  const killedMs = performance.now();
  process.kill(victim, 'SIGKILL');
  const sent = await sending;
  const hit = sent.flatMap(({ interruptions }) => interruptions.filter((it) => it.acceptedMs > killedMs));
  if (hit.length === 0) throw new Error('no session noticed the kill');
  for (const session of sessions) await session.untilStored(sizeBytes);
  await inTurn(sessions, (session) => session.finish(sizeBytes));
  const changed = sent.findIndex(({ interruptions }) => interruptions.length > 0);
  await assertSame(sessions[changed], files[changed]);
  return {
    secondsUntilTaken: hit.map(({ acceptedMs }: Interruption) => (acceptedMs - killedMs) / 1000),
    sentAgainBytes: hit.map(({ sentAgainBytes }) => sentAgainBytes),
  };
}

/** The recorder that most recordings are with. @returns its pid */
async function busiest(system: BenchSystem): Promise<number> {
  const recorders = await system.instances('session-recorder');
  const loads = await Promise.all(recorders.map(recordingsOf));
  const most = recorders[loads.indexOf(Math.max(...loads))];
  if (most?.pid === undefined) throw new Error('no recorder runs');
  return most.pid;
}

async function recordingsOf({ url }: InstanceStatus): Promise<number> {
  return total(await metricsAt(url), 'recorder_active_recordings');
}

/** A fast way to lose bytes would not count. */
async function assertSame(session: LiveSession | undefined, file: string | undefined): Promise<void> {
  if (!session || !file) throw new Error('no session was interrupted');
  const [recorded, sent] = [createHash('sha256'), createHash('sha256')];
  await session.download((part) => recorded.update(part));
  for await (const part of createReadStream(file)) sent.update(part as Buffer);
  if (recorded.digest('hex') !== sent.digest('hex'))
    throw new Error(`what was recorded as ${session.id} is not what was sent`);
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
