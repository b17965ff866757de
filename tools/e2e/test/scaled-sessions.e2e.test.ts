import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '@lucid/clock';
import type { Chunk, Session } from '@lucid/contracts';
import { eventually } from '@lucid/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AckedUpload } from '../src/acked-upload.ts';
import { anchorsOf, wholeChain } from '../src/chain.ts';
import { CREWS, whereAbove0 } from '../src/crews.ts';
import { metricOf } from '../src/instance-metrics.ts';
import { killAtWork } from '../src/kill-at-work.ts';
import { MIB, noise, sha256Of } from '../src/material.ts';
import { Person } from '../src/person.ts';
import { between, seeded, shuffled } from '../src/seed.ts';
import { LucidSystem } from '../src/system.ts';

const PEOPLE = 30;
const JOIN_AT_ONCE = 4;
/** Everybody records a part of this, each another one. */
const POOL_BYTES = 48 * MIB;
/** Fetched whole; each takes a second of two cores. */
const DOWNLOADS = 5;
/** Tries per chunk, on the average: some are with somebody who dies, or come from somebody who died. */
const MOST_TRIES = 1.5;

/** What a dead instance was working on is free after its lease: seconds, so that nobody need wait for half a minute. */
const SETTINGS = [
  'blockchain-engine:BLOCK_TIME_SECONDS=2',
  'session-pipeline:PIPELINE_LEASE_MS=5000',
  'chunk-processor:CHUNK_LEASE_SECONDS=8',
  'chunk-processor:CHUNK_PROCESSING_WORKERS=1', // ten of them have more than two cores can do
  'api-gateway:RATE_LIMIT_PUBLIC_REQ_PER_MIN=1000', // everybody signs up from the same address
];

interface Recording {
  person: Person;
  upload: AckedUpload;
  sizeBytes: number;
}

describe('5 pipelines, 3 recorders and 10 processors, while 30 people record at the same time', () => {
  const { seed, random } = seeded('scaled');
  const beganMs = systemClock.monotonicMs();
  const say = (line: string) =>
    console.log(`scaled ${((systemClock.monotonicMs() - beganMs) / 1000).toFixed(1)} s: ${line}`);
  let system: LucidSystem;
  const recordings: Recording[] = [];
  const killed: string[] = [];

  beforeAll(async () => {
    system = await LucidSystem.start('scaled', {
      set: CREWS.map(({ service, replicas }) => `${service}.replicas=${replicas}`),
      env: SETTINGS,
    });
    say('everything is up');
    const pool = noise(POOL_BYTES, seed);
    const parts = Array.from({ length: PEOPLE }, () => {
      const sizeBytes = between(random, 12 * MIB, 24 * MIB);
      const start = between(random, 0, POOL_BYTES - sizeBytes);
      return pool.subarray(start, start + sizeBytes);
    });
    const rest = parts.entries();
    const joinSome = async () => {
      for (const [at, bytes] of rest) {
        const person = await Person.joinQuickly(system, `person-${at}`);
        recordings.push({ person, upload: new AckedUpload(person, bytes), sizeBytes: bytes.length });
      }
    };
    await Promise.all(Array.from({ length: JOIN_AT_ONCE }, joinSome));
    say(`${recordings.length} people have joined`);
  });
  afterAll(() => system?.end());

  /** Kills one of each kind, in an order of chance, each when a share of chance of all bytes has been acknowledged. */
  async function killOneOfEach(totalBytes: number): Promise<void> {
    const acknowledged = () => recordings.reduce((sum, { upload }) => sum + upload.acknowledgedBytes, 0);
    const percents = CREWS.map(() => between(random, 10, 70)).toSorted((one, other) => one - other);
    for (const [at, crew] of shuffled(random, CREWS).entries()) {
      const momentBytes = (totalBytes * (percents[at] ?? 0)) / 100;
      await eventually(`${percents[at]} % has come`, () => acknowledged() >= momentBytes, {
        timeoutMs: 120_000,
      });
      const id = await killAtWork(system, crew, random);
      killed.push(id);
      say(`${id} died, ${Math.round((acknowledged() / totalBytes) * 100)} % acknowledged`);
    }
  }

  it('loses no acknowledged byte when one of each kind is killed, and completes every session', async () => {
    const totalBytes = recordings.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    await Promise.all([
      killOneOfEach(totalBytes),
      ...recordings.map(({ upload }) => upload.run(() => false)),
    ]);
    say(`${Math.round(totalBytes / MIB)} MiB are recorded, stored and anchored`);
    expect(recordings.flatMap(({ upload }) => upload.broken)).toEqual([]);
    for (const { person, upload, sizeBytes } of recordings)
      expect(await person.get<Session>(`/sessions/${upload.sessionId}`)).toMatchObject({
        status: 'completed',
        statistics: { size_bytes: sizeBytes },
        merkle_root: expect.stringMatching(/^[0-9a-f]{64}$/),
        anchor: { block_height: expect.any(Number), block_hash: expect.stringMatching(/^[0-9a-f]{64}$/) },
      });
  });

  it('has several of each kind at work, and has those again that died', async () => {
    await system.allReady();
    const { instances } = await system.status();
    for (const id of killed)
      expect(instances.find((instance) => instance.id === id)?.restarts, id).toBeGreaterThan(0);
    for (const { service, replicas, work } of CREWS) {
      const crew = await system.instancesOf(service);
      expect(crew.length).toBe(replicas);
      const done = await whereAbove0(crew, work);
      say(`${work}: ${[...done].map(([id, value]) => `${id.replace(/.*-/, '')}: ${value}`).join(', ')}`);
      expect(done.size, service).toBeGreaterThanOrEqual(2);
    }
  });

  it('has every chunk from the first to the last of every session stored once', async () => {
    let chunksInAll = 0;
    for (const { person, upload } of recordings) {
      const { sessionId } = upload;
      const { chunks, total } = await person.get<{ chunks: Chunk[]; total: number }>(
        `/sessions/${sessionId}/chunks?limit=1000`,
      );
      expect(chunks.length, sessionId).toBeGreaterThan(3);
      expect(chunks.map(({ sequence_number, status }) => [sequence_number, status])).toEqual(
        Array.from({ length: total }, (_, index) => [index + 1, 'stored']),
      );
      const files = readdirSync(join(system.dataOf('session-storage'), 'active', sessionId));
      expect(files.length, sessionId).toBe(total);
      chunksInAll += total;
    }
    const processors = await system.instancesOf('chunk-processor');
    const outcomes = async (label: string) => {
      const counted = processors.map((each) => metricOf(each, 'chunks_processed_total', label));
      return (await Promise.all(counted)).reduce((sum, count) => sum + count, 0);
    };
    const [stored, known, all] = [
      await outcomes('status="stored"'),
      await outcomes('status="known"'),
      await outcomes(''),
    ];
    say(
      `${chunksInAll} chunks: ${stored} stored by those that live, ${known} were there already, ${all} tried`,
    );
    expect(stored, 'stored by two').toBeLessThanOrEqual(chunksInAll);
    expect(all, 'the work is shared, not done by everybody').toBeLessThan(MOST_TRIES * chunksInAll);
  });

  it('has one chain, and every session on it once', async () => {
    const [one] = recordings;
    if (!one) throw new Error('nobody records');
    const chain = await wholeChain(one.person);
    expect(chain.problems).toEqual([]);
    for (const { upload } of recordings)
      expect(anchorsOf(chain, upload.sessionId), upload.sessionId).toHaveLength(1);
  });

  it('gives back the very bytes that were sent', async () => {
    for (const { person, upload } of shuffled(random, recordings).slice(0, DOWNLOADS)) {
      const { status, bytes } = await person.ask({ path: `/api/v1/sessions/${upload.sessionId}/download` });
      expect({ status, sha256: sha256Of(bytes) }).toEqual({ status: 200, sha256: upload.material.sha256 });
    }
    say(`${DOWNLOADS} recordings are the same`);
  });

  it('proves one of them when everything is down', async () => {
    const [one] = shuffled(random, recordings);
    if (!one) throw new Error('nobody records');
    const { person, upload } = one;
    const folder = join(system.folder.path, upload.sessionId);
    mkdirSync(folder);
    const { bundle, chunks, recording } = await person.fetchQuickly(upload.sessionId, folder);
    const { hash: genesis } = await person.get<{ hash: string }>('/blocks/height/0');
    await system.down();
    const verified = await person.lucid([
      'verify',
      bundle,
      ...chunks,
      recording,
      '--genesis',
      genesis,
      '--json',
    ]);
    expect(verified).toMatchObject({ code: 0, err: '' });
    expect(JSON.parse(verified.out)).toMatchObject({
      ok: true,
      complete: true,
      genesis_pinned: true,
      recording: { ok: true },
    });
    say('one is proven offline');
  });
});
