import { randomUUID } from 'node:crypto';
import { eventually, startTestMongo, type TestMongo } from '@lucid/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RunningPipeline } from './support/pipeline.ts';
import { World } from './support/world.ts';

const LEASE_MS = 2500;
/** As many as the seeds run. */
const INSTANCES = 5;
let mongo: TestMongo;
const world = new World();
const [one, two] = [new RunningPipeline(), new RunningPipeline()];
const all = [one, two, ...Array.from({ length: INSTANCES - 2 }, () => new RunningPipeline())];

beforeAll(async () => {
  [mongo] = await Promise.all([startTestMongo(), world.start()]);
  const environment = { ...world.environment, PIPELINE_LEASE_MS: String(LEASE_MS) };
  const uri = mongo.uri(`pipeline_sharing_${process.pid}`);
  await Promise.all(all.map((instance) => instance.begin(uri, environment)));
}, 60_000);
afterAll(async () => {
  await Promise.all(all.map((instance) => instance[Symbol.asyncDispose]()));
  await world[Symbol.asyncDispose]();
  await mongo?.close();
});

describe('five instances', { timeout: 60_000 }, () => {
  it('share the work: every session is completed, and no step of it is done twice', async () => {
    const sessions = Array.from({ length: 12 }, () => randomUUID());
    await Promise.all(
      sessions.map(async (session, index) => {
        const at = (place: number) => all[place % all.length] ?? one;
        const [first, second] = [at(index), at(index + 1)];
        await first.start(session);
        await first.reaches(session, 'recording', 40_000);
        world.record(session, 2);
        await Promise.all([first.stop(session), second.stop(session)]);
        await second.reaches(session, 'completed', 40_000);
      }),
    );
    expect(world.overlaps).toEqual([]);
    for (const session of sessions) {
      const { recorder, engine, storage, anchoring } = world.services;
      expect([
        recorder.callsOf('startRecording', session),
        engine.callsOf('buildMerkleTree', session),
        storage.callsOf('putManifest', session),
        anchoring.callsOf('anchorSession', session),
      ]).toEqual([1, 1, 1, 1]);
      expect(anchoring.callsOf('putCheckpoint', session)).toBeLessThanOrEqual(1);
    }
  });

  it('do not begin a step twice that takes longer than the lease', async () => {
    const session = randomUUID();
    await one.start(session);
    world.record(session, 2);
    const release = world.services.engine.hang('buildMerkleTree', { sessionId: session });
    const { deps } = await one.instance();
    await one.stop(session);
    const leaseEnd = async () => (await deps.pipelines.find(session))?.lease?.expires_at_ms ?? 0;
    const first = await leaseEnd();
    await eventually(
      'the lease was renewed for longer than it lasts',
      async () => (await leaseEnd()) > first + 2 * LEASE_MS,
    );
    expect(world.services.engine.callsOf('buildMerkleTree', session)).toBe(1);
    release();
    await two.reaches(session, 'completed');
    expect(world.overlaps).toEqual([]);
  });

  it('leave nothing behind when one is stopped: another goes on at once', async () => {
    const session = randomUUID();
    await one.start(session);
    world.record(session, 1);
    const { app, context } = await one.instance();
    await app.close();
    await context.lifecycle.stop();
    await two.stop(session);
    await two.reaches(session, 'completed');
  });
});
