import { mkdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '@lucid/clock';
import type { Session } from '@lucid/contracts';
import { eventually } from '@lucid/testing';
import { MIB, mixedBytes, sha256OfFile, writeMaterialFile } from '../../src/material.ts';
import { lucidWithoutNetwork, type Person } from '../../src/person.ts';
import { RecordingJob } from '../../src/recording-job.ts';
import type { SteadyTraffic, TrafficReport } from './steady-traffic.ts';

const BYTES_EACH = 32 * MIB;
/** A MiB this often: a screen that has much to show. */
const PIECE_MS = 1500;
const UPLOAD_BEGINS_WITHIN_MS = 120_000;

export interface LoadOptions {
  person: Person;
  folder: string;
  traffic: SteadyTraffic;
  seed: number;
  recordings?: number;
}

/** What people noticed of an event. */
export interface Outcome {
  event: string;
  recordings: number;
  bytes: number;
  /** Recordings that came back byte for byte, proven without a network. */
  verified: number;
  /** How commands that gave up said why. */
  gaveUp: string[];
  traffic: TrafficReport;
  /** From the beginning of the event, milliseconds. */
  eventMs: number;
  /** From its end until all instances were ready again. */
  strengthMs: number | undefined;
  /** When it began, in the same time as the failures. */
  beganMs: number;
}

/**
 * Lets something happen while people record and ask. The recordings cannot end before it is over.
 * @param happen returns milliseconds until full strength, where that is known
 */
export async function underLoad(
  event: string,
  { person, folder, traffic, seed, recordings = 3 }: LoadOptions,
  happen: () => Promise<number | undefined>,
): Promise<{ outcome: Outcome; jobs: readonly RecordingJob[] }> {
  const over = Promise.withResolvers<void>();
  const jobs = await Promise.all(
    Array.from({ length: recordings }, async (_, at) => {
      const bytes = mixedBytes(BYTES_EACH + at * 4711, seed + at);
      const material = await writeMaterialFile(join(folder, `${event.replaceAll(/\W+/g, '-')}-${at}`), bytes);
      return new RecordingJob(person, material, { pieceMs: PIECE_MS, lastPiece: over.promise });
    }),
  );
  const recorded = Promise.all(jobs.map((job) => job.run()));
  recorded.catch(() => undefined); // awaited below
  try {
    await eventually('bytes arrive', () => jobs.every(({ phase }) => phase === 'uploading'), {
      timeoutMs: UPLOAD_BEGINS_WITHIN_MS,
    });
    traffic.take(); // what was before is not counted
    const beganMs = systemClock.monotonicMs();
    const strengthMs = await happen();
    const eventMs = Math.round(systemClock.monotonicMs() - beganMs);
    over.resolve();
    await recorded;
    const outcome = {
      ...{ event, recordings, eventMs, strengthMs, beganMs },
      bytes: jobs.reduce((sum, { material }) => sum + material.sizeBytes, 0),
      verified: 0,
      gaveUp: jobs.flatMap(({ failures }) => failures),
      traffic: traffic.take(),
    };
    return { outcome, jobs };
  } finally {
    over.resolve();
  }
}

/** Fetches a recording and proves it where there is no network. @throws Error saying what is wrong */
export async function prove(person: Person, job: RecordingJob, folder: string): Promise<void> {
  const session = await person.get<Session>(`/sessions/${job.sessionId}`);
  if (session.status !== 'completed')
    throw new Error(`${session.status}: ${session.error ?? 'no reason given'}`);
  const place = join(folder, job.sessionId);
  mkdirSync(place);
  const { bundle, chunks, recording } = await person.fetchQuickly(job.sessionId, place);
  if ((await sha256OfFile(recording)) !== job.material.sha256)
    throw new Error('other bytes than were recorded');
  const { code, err } = await lucidWithoutNetwork(person.profilePath, [
    'verify',
    bundle,
    ...chunks,
    recording,
  ]);
  if (code !== 0) throw new Error(`the proof does not hold (${code}): ${err}`);
  await rm(place, { recursive: true });
}
