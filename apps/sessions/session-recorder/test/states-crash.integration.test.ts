import { setTimeout as delay } from 'node:timers/promises';
import { seededRandom } from '@lucid/clock';
import type { Recording } from '@lucid/contracts';
import { crashSeeds, eventually, freePort, type SpawnedService } from '@lucid/testing';
import { MongoClient } from 'mongodb';
import { beforeAll, expect, it, vi } from 'vitest';
import type { RecordingDocument } from '../src/adapters/documents.ts';
import { type RecorderClient, SEALING_KEY } from './support/client.ts';
import { testGround } from './support/ground.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const ground = testGround('states-crash');
const input = seededRandom('states').bytes(300_000);
let port: number;
const spawn = () => ground.spawn({ port });

beforeAll(async () => {
  port = await freePort();
});

it('survives kill -9 in every state and goes on from there', async () => {
  let recorder: SpawnedService = await spawn();
  const client = await MongoClient.connect(ground.mongoUri());
  const recordings = client.db().collection<RecordingDocument>('recordings');
  const made = () => ground.clientOf(recorder);
  try {
    const [starting, recording, paused, stopping, stopped, failed] = Array.from({ length: 6 }, made) as [
      RecorderClient,
      RecorderClient,
      RecorderClient,
      RecorderClient,
      RecorderClient,
      RecorderClient,
    ];
    for (const one of [recording, paused, stopping, stopped, failed]) {
      await one.start();
      await one.patch(0, input.subarray(0, 1000));
    }
    await paused.pause();
    await stopped.stop();
    await recorder.kill();
    // What a crash leaves between the record and the files, written down as it would be there.
    const like = await recordings.findOne({ _id: recording.sessionId });
    if (!like) throw new Error('no record');
    const { _id: starts, owner_id } = { _id: starting.sessionId, owner_id: starting.userId };
    await recordings.insertOne({ ...like, _id: starts, owner_id, status: 'starting', durable_offset: 0 });
    await recordings.updateOne(
      { _id: stopping.sessionId },
      { $set: { status: 'stopping', stop_reason: 'requested', stop_requested_at: new Date().toISOString() } },
    );
    await recordings.updateOne(
      { _id: failed.sessionId },
      { $set: { status: 'failed', error: 'disk_failed' } },
    );
    recorder = await spawn();

    expect(await starting.get()).toMatchObject({ status: 'recording', durable_offset: 0 });
    expect((await starting.patch(0, input.subarray(0, 10))).status).toBe(204);
    expect(await recording.get()).toMatchObject({ status: 'recording', durable_offset: 1000 });
    expect((await recording.patch(1000, input.subarray(1000))).durable).toBe(input.length);
    expect(await paused.get()).toMatchObject({ status: 'paused', chunks_sealed: 1, durable_offset: 1000 });
    expect((await paused.patch(1000, 'x')).code).toBe('LUCID_ERR_7115');
    expect((await paused.resume()).status).toBe('recording');
    await eventually('the stop is finished', async () => (await stopping.get()).status === 'stopped');
    expect(await stopping.get()).toMatchObject({
      chunks_sealed: 1,
      durable_offset: 1000,
      stop_reason: 'requested',
    });
    expect(await stopped.get()).toMatchObject({ status: 'stopped', chunks_sealed: 1 });
    await eventually(
      'what was acknowledged is registered',
      async () => (await failed.get()).chunks_sealed === 1,
    );
    expect(await failed.get()).toMatchObject({ status: 'failed', error: 'disk_failed' });
    for (const one of [starting, recording, paused]) expect((await one.stop()).status).toBe('stopped');
  } finally {
    await client.close();
    await recorder.kill();
  }
});

it.each(crashSeeds())(
  'keeps what it said when it is killed while recordings are started, paused, resumed and stopped (seed %s)',
  async (seed) => {
    const random = seededRandom(`states ${seed}`);
    let recorder: SpawnedService = await spawn();
    const one = ground.clientOf(recorder);
    let said: Recording['status'] | undefined;
    let acknowledged = 0;
    const steps = [
      async () => (await one.start({ sealing_key: SEALING_KEY })).status,
      async () => {
        const answer = await one.patch(acknowledged, input.subarray(acknowledged, acknowledged + 20_000));
        if (answer.status === 204) acknowledged = answer.durable;
        return said;
      },
      async () => (await one.pause()).status,
      async () => (await one.resume()).status,
      async () => {
        await one.patch(acknowledged, input.subarray(acknowledged, acknowledged + 20_000));
        return said;
      },
      async () => (await one.pause()).status,
    ];
    try {
      for (const step of steps) {
        const running = step().then(
          (status) => {
            said = status;
          },
          () => {
            said = undefined; // killed under way: either state is right
          },
        );
        await delay(random.fraction() * 25); // the moment of the crash, not a wait for a condition
        await recorder.kill();
        await running;
        recorder = await spawn();
        if (said === undefined) {
          const found = await one.asPipeline('GET', `/recordings/${one.sessionId}`);
          if (found.status === 404) await one.start();
        }
        const now = await one.get();
        if (said !== undefined) expect(now.status).toBe(said);
        expect(['recording', 'paused']).toContain(now.status);
        expect(now.durable_offset).toBeGreaterThanOrEqual(acknowledged);
        acknowledged = now.durable_offset;
        said = now.status;
      }
      expect(await one.stop()).toMatchObject({ status: 'stopped', durable_offset: acknowledged });
    } finally {
      await recorder.kill();
    }
  },
  120_000,
);
