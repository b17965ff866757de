import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ClaimedChunk } from '@lucid/contracts';
import { eventually } from '@lucid/testing';
import { describe, expect, it, vi } from 'vitest';
import type { RecorderClient } from './support/client.ts';
import { runningRecorder } from './support/ground.ts';
import { claimAllOf } from './support/processor.ts';
import { twoRecorders } from './support/two-recorders.ts';
import { sha256 } from './support/writer.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const MIB = 1024 * 1024;
const KIB = 1024;
const running = runningRecorder('client-chunks', {
  MAX_CONCURRENT_RECORDINGS: '50',
  CHUNK_WINDOW: '8',
  CHUNK_GAP_SECONDS: '2',
});
const { client } = running;

const filesOf = (one: RecorderClient) => readdirSync(join(running.folder, one.sessionId)).sort();

describe('chunks that a client has cut', () => {
  it('go to storage in their order, whatever order they came in, and each once', async () => {
    const one = client();
    await one.start();
    const all = [1, 2, 3, 4, 5].map((sequence) => randomBytes(sequence * 10 * KIB));
    const send = (sequence: number) => one.chunk(sequence, all[sequence - 1] ?? Buffer.alloc(0));
    expect(await send(1)).toMatchObject({ status: 201, chunk: { status: 'recorded', missing: [] } });
    expect(await send(4)).toMatchObject({ status: 201, chunk: { sequence_number: 4, missing: [2, 3] } });
    expect(await one.get()).toMatchObject({ source: 'chunks', missing: [2, 3], durable_offset: 50 * KIB });
    expect(await send(4)).toMatchObject({ status: 200, chunk: { plain_size: 40 * KIB, missing: [2, 3] } });
    const again = await Promise.all([send(5), send(3), send(5), send(2), send(3)]);
    expect(again.map(({ status }) => status).sort()).toEqual([200, 200, 201, 201, 201]);
    expect(await one.head()).toMatchObject({ status: 200, durable: 150 * KIB, stored: 0 });
    expect(await one.stop()).toMatchObject({
      status: 'stopped',
      chunks_sealed: 5,
      durable_offset: 150 * KIB,
    });
    const claimed = await claimAllOf(one, 5);
    let offset = 0;
    for (const [index, chunk] of claimed.entries()) {
      expect(chunk).toMatchObject({
        sequence_number: index + 1,
        plain_hash: sha256(all[index] ?? Buffer.alloc(0)),
      });
      expect(await one.plaintext(chunk)).toEqual(all[index]);
      const record = await (
        await one.asPipeline('GET', `/recordings/${one.sessionId}/chunks/${index + 1}`)
      ).json();
      expect(record).toMatchObject({ plain_offset: offset, plain_size: all[index]?.length });
      offset += all[index]?.length ?? 0;
      await one.complete(chunk);
    }
    expect(await one.get()).toMatchObject({ stored_offset: 150 * KIB, chunks_stored: 5 });
    expect(await send(2)).toMatchObject({ status: 200, chunk: { status: 'stored', plain_offset: 10 * KIB } });
    expect(await one.chunk(6, randomBytes(10))).toMatchObject({ status: 409, code: 'LUCID_ERR_7102' });
    await eventually('no plaintext is left', () => !existsSync(join(running.folder, one.sessionId)));
  });

  it('are refused with another hash at a known number, too far ahead, too large, empty, or with wrong bytes', async () => {
    const one = client();
    await one.start();
    expect((await one.chunk(1, randomBytes(100))).status).toBe(201);
    expect(await one.chunk(1, randomBytes(100))).toMatchObject({
      status: 409,
      code: 'LUCID_ERR_7118',
      details: { sequence_number: 1 },
    });
    expect((await one.chunk(9, randomBytes(100))).status).toBe(201); // the last of the window
    expect(await one.chunk(10, randomBytes(100))).toMatchObject({
      status: 409,
      code: 'LUCID_ERR_7117',
      details: { missing: [2, 3, 4, 5, 6, 7, 8] },
    });
    expect(await one.chunk(9, randomBytes(99))).toMatchObject({ status: 409, code: 'LUCID_ERR_7118' });
    const limit = 10 * MIB;
    expect(await one.chunk(2, Buffer.alloc(limit + 1))).toMatchObject({
      status: 413,
      code: 'LUCID_ERR_7114',
    });
    expect(await one.chunk(2, Buffer.alloc(0))).toMatchObject({ status: 400, code: 'LUCID_ERR_7119' });
    const wrong = await one.chunk(2, randomBytes(100), { hash: sha256(Buffer.from('x')) });
    expect(wrong).toMatchObject({ status: 400, code: 'LUCID_ERR_7119' });
    expect(filesOf(one)).toEqual(['000001.chunk', '000009.chunk']);
    expect((await one.chunk(2, Buffer.alloc(limit))).status).toBe(201);
    const headers = { hash: 'short' };
    expect((await one.chunk(3, randomBytes(10), headers)).status).toBe(400);
    expect((await one.chunk(0, randomBytes(10))).status).toBe(400);
    expect((await one.chunk(3, randomBytes(10), { userId: randomUUID() })).status).toBe(404);
  });

  it('and a stream are two ways, and a session uses one', async () => {
    const [chunks, stream] = [client(), client()];
    await chunks.start();
    await stream.start();
    const first = await Promise.all([chunks.chunk(1, randomBytes(10)), chunks.chunk(2, randomBytes(10))]);
    expect(first.map(({ status }) => status)).toEqual([201, 201]);
    expect(await chunks.patch(20, 'more')).toMatchObject({ status: 409, code: 'LUCID_ERR_7116' });
    await stream.patch(0, 'bytes');
    expect(await stream.chunk(1, randomBytes(10))).toMatchObject({ status: 409, code: 'LUCID_ERR_7116' });
    expect(await stream.get()).toMatchObject({ source: 'stream', durable_offset: 5 });
  });

  it('are taken up to the largest size of the session, then the recording ends', async () => {
    const one = client();
    await one.start({ max_size_bytes: MIB });
    expect((await one.chunk(1, randomBytes(900 * KIB))).status).toBe(201);
    expect(await one.chunk(2, randomBytes(200 * KIB))).toMatchObject({ status: 413, code: 'LUCID_ERR_7107' });
    await eventually('it has stopped', async () => (await one.get()).status === 'stopped');
    expect(await one.get()).toMatchObject({ stop_reason: 'max_size', chunks_sealed: 1 });
  });

  it('are refused while the recording is paused', async () => {
    const one = client();
    await one.start();
    await one.chunk(1, randomBytes(10));
    await one.pause();
    expect(await one.chunk(2, randomBytes(10))).toMatchObject({ status: 409, code: 'LUCID_ERR_7115' });
    await one.resume();
    expect((await one.chunk(2, randomBytes(10))).status).toBe(201);
  });
});

describe('a gap', () => {
  it('may still be closed for a moment after the stop', async () => {
    const one = client();
    await one.start();
    await one.chunk(1, randomBytes(10));
    await one.chunk(3, randomBytes(30));
    expect(await one.stop()).toMatchObject({ status: 'stopping', missing: [2] });
    expect(await one.chunk(4, randomBytes(10))).toMatchObject({ status: 409, code: 'LUCID_ERR_7102' });
    expect((await one.chunk(2, randomBytes(20))).status).toBe(201);
    expect(await one.stop()).toMatchObject({ status: 'stopped', chunks_sealed: 3, durable_offset: 60 });
  });

  it('that stays open fails the recording, which says what is missing; what came is processed all the same', async () => {
    const one = client();
    await one.start();
    const third = randomBytes(30);
    await one.chunk(1, randomBytes(10));
    await one.chunk(3, third);
    await one.stop();
    const failed = await eventually('it has failed, and what came is registered', async () => {
      const recording = await one.get();
      return recording.status === 'failed' && recording.chunks_sealed === 2 && recording;
    });
    expect(failed).toMatchObject({ error: 'chunks are missing: 2', durable_offset: 40 });
    const claimed = await claimAllOf(one, 2);
    expect(claimed.map(({ sequence_number }) => sequence_number)).toEqual([1, 3]);
    expect(await one.plaintext(claimed[1] as ClaimedChunk)).toEqual(third);
    expect((await one.asPipeline('DELETE', `/recordings/${one.sessionId}`)).status).toBe(204);
  });
});

describe('the owner of client-cut chunks', () => {
  it('is told to whoever asks another, and is waited for while it alone has them', async () => {
    const environment = { OWNER_LEASE_SECONDS: '2', OWNER_GRACE_SECONDS: '5' };
    const { a, b, end } = await twoRecorders(running, 'chunk-owners', environment);
    try {
      const one = running.clientOf(a);
      const other = running.clientOf(b, one);
      await one.start();
      const all = [1, 2, 3, 4].map(() => randomBytes(1000));
      const at = (sequence: number) => all[sequence - 1] ?? Buffer.alloc(0);
      for (const sequence of [1, 2, 3]) await one.chunk(sequence, at(sequence));
      const redirected = await other.chunk(4, at(4));
      expect(redirected).toMatchObject({ status: 421, ownerAddress: a.address });
      const claimed = await claimAllOf(one, 3);
      for (const chunk of claimed)
        if (chunk.sequence_number !== 2) await one.complete(chunk);
        else await one.fail(chunk, { retryable: true, fault: 'system' });
      await a.kill();
      const waiting = await eventually('its lease has run out', async () => {
        const answer = await other.chunk(4, at(4));
        return answer.status === 503 ? answer : undefined;
      });
      expect(waiting.code).toBe('LUCID_ERR_7109');
      const taken = await eventually(
        'the other takes over',
        async () => {
          const answer = await other.chunk(4, at(4));
          return answer.status === 201 ? answer : undefined;
        },
        { timeoutMs: 30_000, pauseMs: 200 },
      );
      expect(taken.chunk.missing).toEqual([2]); // 1 and 3 are in storage, 2 was on the lost disk alone
      expect((await other.chunk(3, at(3))).status).toBe(200);
      expect((await other.chunk(2, at(2))).status).toBe(201);
      expect(await other.stop()).toMatchObject({ status: 'stopped', chunks_sealed: 4, durable_offset: 4000 });
    } finally {
      await end();
    }
  });
});
