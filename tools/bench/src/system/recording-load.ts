import type { Bench } from '../benchmark.ts';
import { askingMeanwhile } from './api-latency.ts';
import type { BenchSystem } from './bench-system.ts';
import { crowd } from './crowd.ts';
import { LiveSession } from './live-session.ts';
import { SealWatch } from './seal-watch.ts';
import { sendFile } from './send-file.ts';
import { type Observed, watched } from './watch.ts';

const CHUNK_BYTES = 10 * 1024 * 1024;
/** What the platform allows each of its users. */
const SESSIONS_PER_PERSON = 5;
const STARTS_AT_ONCE = 8;

export interface Load {
  /** One per session. */
  readonly files: readonly string[];
  readonly sizeBytes: number;
  readonly compress: boolean;
}

export interface LoadResult {
  /** From the first byte to the last acknowledgement: on the disk of a recorder. */
  readonly receivedSeconds: number;
  /** From the first byte until storage has the last chunk: compressed, sealed, hashed, fsynced, known to the database. */
  readonly storedSeconds: number;
  /** Of each chunk that was seen: from its last byte at the recorder to `stored`. */
  readonly sealMs: readonly number[];
  readonly chunks: number;
  readonly interruptions: number;
  /** Of each session, eight at a time: POST /sessions, POST /sessions/{id}/start. */
  readonly beginMs: readonly LiveSession['tookMs'][];
  /** Of GET /sessions/{id} while all of them record. */
  readonly apiMs: readonly number[];
  readonly observed: Observed;
  /** Of this process: reading the files and sending them. */
  readonly clientCpuSeconds: number;
}

/** Sessions of people who have just signed up, all of them ready for bytes. */
export async function beginSessions(
  bench: Bench,
  url: string,
  count: number,
  compress: boolean,
): Promise<LiveSession[]> {
  const people = await crowd(bench.belongings, url, Math.ceil(count / SESSIONS_PER_PERSON));
  const wanted = Array.from({ length: count }, (_, at) => people[Math.floor(at / SESSIONS_PER_PERSON)]);
  return inTurn(wanted, async (door) => {
    if (!door) throw new Error('fewer people than sessions need');
    return LiveSession.begin(door, compress);
  });
}

/** Records every file in a session of its own, all at the same time, and waits for their anchors. */
export async function recordAtOnce(bench: Bench, system: BenchSystem, load: Load): Promise<LoadResult> {
  const { files, sizeBytes, compress } = load;
  const sessions = await beginSessions(bench, system.url, files.length, compress);
  const seals = await SealWatch.on(system);
  const end = bench.belongings.add(() => seals.end());
  for (const { id } of sessions) seals.follow(id);
  const expected = {
    sizeBytes: sizeBytes * files.length,
    chunks: files.length * Math.ceil(sizeBytes / CHUNK_BYTES),
  };
  const cpu = process.cpuUsage();
  const { value, observed } = await watched(system, expected, async () => {
    const [startedMs, startedAtMs] = [performance.now(), Date.now()];
    const progress = { sentBytes: 0 };
    const { value: sent, apiMs } = await askingMeanwhile(sessions, () =>
      Promise.all(sessions.map((session, at) => sendFile(session, files[at] ?? '', sizeBytes, progress))),
    );
    const used = process.cpuUsage(cpu);
    for (const session of sessions) await session.untilStored(sizeBytes);
    return { startedMs, startedAtMs, sent, apiMs, clientCpuSeconds: (used.user + used.system) / 1e6 };
  });
  const { startedMs, startedAtMs, sent, apiMs, clientCpuSeconds } = value;
  const stored = await inTurn(sessions, async (session) =>
    (await session.chunks()).map(({ sequence_number, stored_at }) => ({
      storedMs: Date.parse(stored_at ?? ''),
      lastByteMs: seals.lastByteMs(session.id, sequence_number),
    })),
  );
  await end();
  await inTurn(sessions, (session) => session.finish(sizeBytes));
  const chunks = stored.flat();
  return {
    receivedSeconds: (Math.max(...sent.map(({ acknowledgedMs }) => acknowledgedMs)) - startedMs) / 1000,
    storedSeconds: (Math.max(...chunks.map(({ storedMs }) => storedMs)) - startedAtMs) / 1000,
    sealMs: chunks.flatMap(({ storedMs, lastByteMs }) =>
      lastByteMs === undefined ? [] : [storedMs - lastByteMs],
    ),
    chunks: chunks.length,
    beginMs: sessions.map(({ tookMs }) => tookMs),
    apiMs,
    interruptions: sent.reduce((sum, { interruptions }) => sum + interruptions.length, 0),
    observed,
    clientCpuSeconds,
  };
}

/** Some at a time. @returns results in the order of the things */
export async function inTurn<Thing, Result>(
  things: readonly Thing[],
  work: (thing: Thing) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const rest = things.entries();
  const next = async () => {
    for (const [at, thing] of rest) results[at] = await work(thing);
  };
  await Promise.all(Array.from({ length: STARTS_AT_ONCE }, next));
  return results;
}
