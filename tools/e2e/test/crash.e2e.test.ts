import { mkdirSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Chunk, Session } from '@lucid/contracts';
import type { ProofBundle } from '@lucid/proof';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AckedUpload } from '../src/acked-upload.ts';
import { anchorsOf, type Chain, wholeChain } from '../src/chain.ts';
import { type Kill, unleash } from '../src/chaos.ts';
import { ChunkUpload } from '../src/chunk-upload.ts';
import { MIB, mixedBytes, noise, sha256OfFile, writeMaterialFile } from '../src/material.ts';
import { Person } from '../src/person.ts';
import { RecordingJob } from '../src/recording-job.ts';
import { seeded } from '../src/seed.ts';
import { LucidSystem } from '../src/system.ts';

const SERVICES = [
  'api-gateway',
  'auth-service',
  'session-api',
  'session-pipeline',
  'session-recorder',
  'session-keys',
  'chunk-processor',
  'session-storage',
  'session-anchoring',
  'blockchain-engine',
  'mongodb',
];
const RECORDINGS = 10;
const BYTES_EACH = 21 * MIB;
const AT_ONCE = 3;
/** Once while bytes arrive, once while they are processed and anchored. */
const ROUNDS = 2;
/** A MiB this often: slow enough that every kill finds somebody at work. */
const PIECE_MS = 250;

/** What a dead instance was working on is free after its lease: seconds, so that the test need not wait for half a minute. */
const SETTINGS = [
  'blockchain-engine:BLOCK_TIME_SECONDS=2',
  'blockchain-engine:WRITER_LEASE_MS=3000',
  'session-anchoring:ANCHORING_LEASE_MS=3000',
  'session-pipeline:PIPELINE_LEASE_MS=3000',
  'session-pipeline:LIVE_ANCHOR_SECONDS=2',
  'chunk-processor:CHUNK_LEASE_SECONDS=3',
];

describe('kill -9 of every service at moments of chance, while people record', () => {
  const { seed, random } = seeded('crash');
  let system: LucidSystem;
  let ada: Person;
  const jobs: RecordingJob[] = [];
  let trusting: AckedUpload;
  let cutting: ChunkUpload;
  const everyone = () => [trusting, cutting, ...jobs];
  let begun = 0;
  let kills: Kill[] = [];

  const material = (path: string, at: number) =>
    writeMaterialFile(path, mixedBytes(BYTES_EACH + at * 4711, seed + at));
  const isAfterUpload = (phase: string) => phase === 'storing' || phase === 'anchoring' || phase === 'ending';

  beforeAll(async () => {
    system = await LucidSystem.start('crash', { env: SETTINGS });
    ada = await Person.join(system, 'ada');
    trusting = new AckedUpload(ada, noise(100 * MIB, seed));
    cutting = new ChunkUpload(ada, noise(100 * MIB, seed + 1), random);
  });
  afterAll(() => system?.end());

  /** Records one after the other until there is enough and nobody kills any more. */
  async function worker(isOver: () => boolean): Promise<void> {
    while (begun < RECORDINGS || !isOver()) {
      const at = begun;
      begun += 1;
      const path = join(system.folder.path, `recording-${at}`);
      const job = new RecordingJob(
        ada,
        await material(path, at),
        at % 4 === 3 ? undefined : { pieceMs: PIECE_MS },
      );
      jobs.push(job);
      await job.run();
    }
  }

  it('records at least 200 MiB to the end, whatever dies', async () => {
    let isOver = false;
    const chaos = unleash(system, {
      random,
      services: SERVICES,
      rounds: ROUNDS,
      phases: () => everyone().flatMap(({ phase }) => phase ?? []),
      wanted: (round, phase) => (round === 0 ? phase === 'uploading' : isAfterUpload(phase)),
    }).finally(() => {
      isOver = true;
    });
    const [killed] = await Promise.all([
      chaos,
      trusting.run(() => isOver),
      cutting.run(() => isOver),
      ...Array.from({ length: AT_ONCE }, () => worker(() => isOver)),
    ]);
    kills = killed;
    const gaveUp = jobs.flatMap(({ failures }) => failures);
    console.log(
      [
        `crash: ${jobs.length} recordings, ${kills.length} kills, ${gaveUp.length} commands gave up and were resumed`,
        ...kills.map(({ service, phases }) => `  ${service} died during ${phases.join(', ')}`),
        ...gaveUp.map((failure) => `  gave up with ${failure}`),
      ].join('\n'),
    );
    await system.allReady();
  });

  it('has hit every service while a session was active', () => {
    for (const service of SERVICES) {
      const hits = kills.filter(
        (kill) => kill.service === service && kill.phases.some((phase) => phase !== 'beginning'),
      );
      expect(hits.length, service).toBeGreaterThan(0);
    }
    expect(new Set(kills.map(({ pid }) => pid)).size).toBe(kills.length);
  });

  it('has never asked again for a byte that it had acknowledged', () => {
    expect(trusting.broken).toEqual([]);
    expect(trusting.material.sizeBytes).toBeGreaterThan(10 * MIB);
  });

  it('has taken every chunk that a client had cut once, however often it came', () => {
    expect(cutting.broken).toEqual([]);
    expect(cutting.material.sizeBytes).toBeGreaterThan(10 * MIB);
  });

  it('has every session completed, with the very bytes that were recorded, and proven', async () => {
    const [even = 0, odd = 0] = await Promise.all(
      [0, 1].map((rest) => provenBytes(everyone().filter((_, at) => at % 2 === rest))),
    );
    expect(even + odd).toBeGreaterThanOrEqual(200 * MIB);
  });

  /** Fetches and verifies one after the other. @returns how many bytes were recorded */
  async function provenBytes(some: readonly (RecordingJob | AckedUpload | ChunkUpload)[]): Promise<number> {
    let total = 0;
    for (const job of some) {
      const { sessionId, material } = job;
      const session = await ada.get<Session>(`/sessions/${sessionId}`);
      expect(session.status, session.error).toBe('completed');
      total += session.statistics.size_bytes;
      const folder = join(system.folder.path, sessionId);
      mkdirSync(folder);
      const { bundle, chunks, recording } = await ada.fetchQuickly(sessionId, folder);
      expect(await sha256OfFile(recording), sessionId).toBe(material.sha256);
      const verified = await ada.lucid(['verify', bundle, ...chunks, recording, '--json']);
      expect(verified).toMatchObject({ code: 0, err: '' });
      expect(JSON.parse(verified.out)).toMatchObject({ ok: true, complete: true, recording: { ok: true } });
      const { checkpoints } = JSON.parse(await readFile(bundle, 'utf8')) as ProofBundle;
      // One that is over within a second may be so while whoever would have told the chain is dead.
      if (!(job instanceof RecordingJob) || job.isPaced)
        expect(checkpoints.length, 'the chain has heard of it while it ran').toBeGreaterThan(0);
      await rm(folder, { recursive: true });
    }
    return total;
  }

  it('has no number of a chunk twice, and none left out', async () => {
    for (const { sessionId } of everyone()) {
      const { chunks, total } = await ada.get<{ chunks: Chunk[]; total: number }>(
        `/sessions/${sessionId}/chunks?limit=1000`,
      );
      const numbers = chunks.map(({ sequence_number }) => sequence_number);
      expect(numbers).toEqual(Array.from({ length: total }, (_, index) => index + 1));
      expect(chunks.every(({ status }) => status === 'stored')).toBe(true);
    }
  });

  it('has one chain, every block on the one before, every session on it once', async () => {
    const chain: Chain = await wholeChain(ada);
    expect(chain.problems).toEqual([]);
    expect(chain.genesis.hash).toBe(ada.profile.genesis_hash);
    expect(chain.blocks.map(({ header }) => header.height)).toEqual(chain.blocks.map((_, height) => height));
    for (const { sessionId } of everyone()) expect(anchorsOf(chain, sessionId), sessionId).toHaveLength(1);
  });

  it('says that it is whole, on the server too', async () => {
    for (const { sessionId } of everyone())
      expect(await ada.get(`/sessions/${sessionId}/verify`)).toMatchObject({ verified: true });
  });
});
