import { seededRandom } from '@lucid/clock';
import { eventually, temporaryFolder } from '@lucid/testing';
import { describe, expect, it, vi } from 'vitest';
import type { RecorderClient } from './support/client.ts';
import { runningRecorder } from './support/ground.ts';
import { sha256 } from './support/writer.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const MIB = 1024 * 1024;
const running = runningRecorder('pause', {
  MAX_CONCURRENT_RECORDINGS: '6',
  MAX_RECORDING_SECONDS: '3600',
});
const { client } = running;
const input = seededRandom('pause').bytes(2 * MIB + 77);

const end = async (one: RecorderClient) => {
  await one.stop();
  await one.asPipeline('DELETE', `/recordings/${one.sessionId}`);
};

describe('a pause', () => {
  it('seals what came, so that it gets into storage, refuses bytes, and is over with the resume', async () => {
    const one = client();
    await one.start();
    await one.patch(0, input.subarray(0, 1000));
    expect((await one.get()).chunks_sealed).toBe(0);
    expect(await one.pause()).toMatchObject({
      status: 'paused',
      durable_offset: 1000,
      paused_at: expect.any(String),
    });
    expect(await one.pause()).toMatchObject({ status: 'paused' });
    const stored = await eventually('what came before is claimed', async () =>
      (await one.claim()).find((chunk) => chunk.session_id === one.sessionId),
    );
    expect(sha256(await one.plaintext(stored))).toBe(sha256(input.subarray(0, 1000)));
    await one.complete(stored);
    expect(await one.patch(1000, input.subarray(1000))).toMatchObject({
      status: 409,
      code: 'LUCID_ERR_7115',
      durable: 1000,
      stored: 1000,
    });
    const resumed = await one.resume();
    expect(resumed).toMatchObject({ status: 'recording', durable_offset: 1000 });
    expect(resumed).not.toHaveProperty('paused_at');
    expect(await one.resume()).toMatchObject({ status: 'recording' });
    expect(await one.patch(1000, input.subarray(1000))).toMatchObject({ status: 204, durable: input.length });
    expect(await one.stop()).toMatchObject({ status: 'stopped', durable_offset: input.length });
    await one.asPipeline('DELETE', `/recordings/${one.sessionId}`);
  });

  it('ends an upload that is running, and its bytes count', async () => {
    const one = client();
    await one.start();
    const { promise: never } = Promise.withResolvers<void>();
    const upload = one.patch(
      0,
      (async function* () {
        yield input.subarray(0, 5000);
        await never;
      })(),
    );
    await eventually('the first bytes are durable', async () => (await one.head()).durable === 5000);
    expect(await one.pause()).toMatchObject({ status: 'paused', durable_offset: 5000 });
    expect(await upload).toMatchObject({ status: 409, code: 'LUCID_ERR_7115', durable: 5000 });
    expect(await one.stop()).toMatchObject({ status: 'stopped', chunks_sealed: 1, stop_reason: 'requested' });
    for (const action of ['pause', 'resume']) {
      const answer = await one.asPipeline('POST', `/recordings/${one.sessionId}/${action}`);
      expect([action, answer.status]).toEqual([action, 409]);
    }
    await one.asPipeline('DELETE', `/recordings/${one.sessionId}`);
  });

  it('is for services, of sessions that exist', async () => {
    const one = client();
    expect((await one.asPipeline('POST', `/recordings/${one.sessionId}/pause`)).status).toBe(404);
    expect((await one.asPerson('admin', 'POST', `/recordings/${one.sessionId}/pause`)).status).toBe(403);
  });
});

describe('limits of a recorder', () => {
  it('are told: it takes so many recordings, paused ones included, then answers 503', async () => {
    const all = Array.from({ length: 6 }, client);
    for (const one of all) await one.start();
    await all[0]?.pause();
    const status = async () =>
      (await fetch(`http://${running.recorder.address}/api/v1/recording/status`)).json() as Promise<object>;
    expect(await status()).toMatchObject({ status: 'busy', active_recordings: 6, capacity: 6 });
    const more = client();
    await expect(more.start()).rejects.toThrow('503');
    expect((await more.asPipeline('GET', `/recordings/${more.sessionId}`)).status).toBe(404);
    expect((await all[0]?.start())?.status).toBe('paused');
    for (const one of all) await end(one);
    expect(await status()).toMatchObject({ status: 'ready', active_recordings: 0 });
    const racing = Array.from({ length: 9 }, client);
    const started = await Promise.allSettled(racing.map((one) => one.start()));
    expect(started.filter((each) => each.status === 'fulfilled')).toHaveLength(6);
    for (const [index, one] of racing.entries()) if (started[index]?.status === 'fulfilled') await end(one);
  });

  it('end a recording that got more than its largest size', async () => {
    const one = client();
    await one.start({ max_size_bytes: MIB });
    expect(await one.patch(0, input)).toMatchObject({ status: 413, code: 'LUCID_ERR_7107', durable: MIB });
    const stopped = await eventually('it is stopped by itself', async () => {
      const recording = await one.get();
      return recording.status === 'stopped' && recording;
    });
    expect(stopped).toMatchObject({ stop_reason: 'max_size', durable_offset: MIB, chunks_sealed: 1 });
    const text = await (await fetch(`http://${running.recorder.address}/metrics`)).text();
    expect(text).toMatch(/recorder_auto_stops_total\{.*reason="max_size".*\} 1/);
    await one.asPipeline('DELETE', `/recordings/${one.sessionId}`);
  });

  it('end a recording that lasts too long, and one that gets no byte', async () => {
    const folder = temporaryFolder('short');
    const short = await running.spawn({
      mongoUri: running.mongoUri('short'),
      dataDir: folder.path,
      environment: { MAX_RECORDING_SECONDS: '3', RECORDING_IDLE_SECONDS: '1' },
    });
    try {
      const [silent, paused] = [0, 1].map(() => running.clientOf(short));
      await silent?.start();
      await paused?.start();
      await paused?.patch(0, input.subarray(0, 10));
      await paused?.pause();
      await eventually('the silent one is stopped', async () => (await silent?.get())?.status === 'stopped');
      expect(await silent?.get()).toMatchObject({ stop_reason: 'idle' });
      await eventually('the long one is stopped', async () => (await paused?.get())?.status === 'stopped');
      expect(await paused?.get()).toMatchObject({ stop_reason: 'max_duration', chunks_sealed: 1 });
    } finally {
      await short.stop();
      folder.remove();
    }
  });
});

describe('the list of recordings', () => {
  it('comes in pages, newest first, and by status', async () => {
    const [first, second, third] = Array.from({ length: 3 }, client);
    for (const one of [first, second, third]) await one?.start();
    await second?.pause();
    const list = async (query: string) => {
      const answer = await second?.asPipeline('GET', `/recordings?${query}`);
      return (await answer?.json()) as { recordings: { session_id: string }[]; pagination: object };
    };
    const all = await list('limit=2');
    expect(all.pagination).toEqual({ page: 1, limit: 2, total: 3, pages: 2 });
    expect(all.recordings).toHaveLength(2);
    expect((await list('limit=2&page=2')).recordings).toHaveLength(1);
    const paused = await list('status=paused');
    expect(paused.recordings.map(({ session_id }) => session_id)).toEqual([second?.sessionId]);
    expect((await second?.asPipeline('GET', '/recordings?status=odd'))?.status).toBe(400);
    for (const one of [first, second, third]) if (one) await end(one);
  });
});
