import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Session } from '@lucid/contracts';
import { eventually } from '@lucid/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MIB, mixedBytes, sha256OfFile, writeMaterialFile } from '../src/material.ts';
import { Person } from '../src/person.ts';
import { RecordingJob } from '../src/recording-job.ts';
import { LucidSystem } from '../src/system.ts';
import { keepAsking, type Traffic } from '../src/traffic.ts';

/** With four recordings each it is one of 16 that none is at the one that leaves. */
const MOST_ATTEMPTS = 6;

describe('scaling and stopping under load', () => {
  let system: LucidSystem;
  let ada: Person;

  beforeAll(async () => {
    system = await LucidSystem.start('drain', {
      drains: true,
      // How long it takes until another recorder may go on with what one that has left had.
      env: ['blockchain-engine:BLOCK_TIME_SECONDS=1', 'session-recorder:OWNER_LEASE_SECONDS=3'],
    });
    ada = await Person.join(system, 'ada');
  });
  afterAll(() => system?.end());

  const ready = async (service: string) => {
    const instances = await system.instancesOf(service);
    return instances.filter(({ state }) => state === 'ready').length;
  };

  async function scale(service: string, count: number): Promise<void> {
    const { code, err } = await system.deploy('scale', `${service}=${count}`);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(await ready(service)).toBe(count);
  }

  /** Does it while people record and look at their sessions; nothing may be lost and no request may fail. */
  async function underLoad(
    name: string,
    work: (jobs: readonly RecordingJob[]) => Promise<void>,
    recordings = 2,
  ): Promise<{ traffic: Traffic; jobs: RecordingJob[] }> {
    const workDone = Promise.withResolvers<void>();
    const jobs = await Promise.all(
      Array.from({ length: recordings }, async (_, at) => {
        const path = join(system.folder.path, `${name}-${at}`);
        const material = await writeMaterialFile(path, mixedBytes(16 * MIB, name.length + at));
        return new RecordingJob(ada, material, { pieceMs: 200, lastPiece: workDone.promise });
      }),
    );
    let isOver = false;
    const asking = keepAsking(() => ada.ask({ path: '/api/v1/sessions?limit=5' }), {
      atOnce: 2,
      until: () => isOver,
    });
    const recording = Promise.all(jobs.map((job) => job.run()));
    recording.catch(() => undefined); // awaited below
    try {
      await eventually('bytes arrive', () => jobs.every(({ phase }) => phase === 'uploading'), {
        timeoutMs: 20_000,
      });
      await work(jobs);
      workDone.resolve(); // until here the recordings could not end
      await recording;
    } finally {
      workDone.resolve();
      isOver = true;
      await asking;
    }
    return { traffic: await asking, jobs };
  }

  async function expectNothingLost(jobs: readonly RecordingJob[]): Promise<void> {
    for (const { sessionId, material, failures } of jobs) {
      expect(failures).toEqual([]);
      const session = await ada.get<Session>(`/sessions/${sessionId}`);
      expect(session).toMatchObject({
        status: 'completed',
        statistics: { size_bytes: material.sizeBytes },
      });
      const folder = join(system.folder.path, sessionId);
      mkdirSync(folder);
      const { recording, bundle, chunks } = await ada.fetchQuickly(sessionId, folder);
      expect(await sha256OfFile(recording)).toBe(material.sha256);
      expect(await ada.lucid(['verify', bundle, ...chunks, recording, '--quiet'])).toMatchObject({ code: 0 });
    }
  }

  it('chunk-processor 1 → 3 → 1 under running recordings loses nothing', async () => {
    const { traffic, jobs } = await underLoad('processors', async () => {
      await scale('chunk-processor', 3);
      await scale('chunk-processor', 1);
    });
    expect(traffic.failures).toEqual([]);
    await expectNothingLost(jobs);
  });

  it('session-storage, session-api and session-pipeline 1 → 2 → 1 lose nothing', async () => {
    const services = ['session-storage', 'session-api', 'session-pipeline'];
    const { traffic, jobs } = await underLoad('others', async () => {
      const counted = (count: number) => services.map((service) => `${service}=${count}`);
      expect(await system.deploy('scale', ...counted(2))).toMatchObject({ code: 0 });
      expect(await Promise.all(services.map(ready))).toEqual([2, 2, 2]);
      expect(await system.deploy('scale', ...counted(1))).toMatchObject({ code: 0 });
      expect(await Promise.all(services.map(ready))).toEqual([1, 1, 1]);
    });
    expect(traffic.failures).toEqual([]);
    await expectNothingLost(jobs);
  });

  it('session-recorder 2 → 1 loses nothing: who leaves hands over what it has, and another goes on', async () => {
    await scale('session-recorder', 2);
    const leaving = system.dataOf('session-recorder-2');
    let hasLeft = false;
    for (let attempt = 1; attempt <= MOST_ATTEMPTS && !hasLeft; attempt++) {
      const { traffic, jobs } = await underLoad(
        `recorders-${attempt}`,
        async (recording) => {
          // Who records what is a matter of chance, and of knowing that there are two.
          if (!recording.some(({ sessionId }) => existsSync(join(leaving, sessionId)))) return;
          await scale('session-recorder', 1);
          hasLeft = true;
        },
        4,
      );
      expect(traffic.failures).toEqual([]);
      await expectNothingLost(jobs);
    }
    expect(hasLeft, 'the one that leaves has recorded something').toBe(true);
  });

  it('a gateway that is told to stop finishes what it has; clients notice a closed door at most', async () => {
    const { traffic, jobs } = await underLoad('gateway', async () => {
      const [gateway] = await system.instancesOf('api-gateway');
      if (gateway?.pid === undefined) throw new Error('no gateway runs');
      process.kill(gateway.pid, 'SIGTERM');
      await eventually(
        'the gateway is back',
        async () => {
          const [now] = await system.instancesOf('api-gateway');
          return now?.state === 'ready' && now.pid !== gateway.pid;
        },
        { timeoutMs: 30_000 },
      );
    });
    console.log(`drain: ${traffic.requests} requests, ${traffic.retried} knocked at a closed door`);
    expect(traffic.failures).toEqual([]);
    expect(traffic.requests).toBeGreaterThan(50);
    await expectNothingLost(jobs);
  });
});
