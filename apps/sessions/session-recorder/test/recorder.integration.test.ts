import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { seededRandom } from '@lucid/clock';
import { eventually } from '@lucid/testing';
import { describe, expect, it, vi } from 'vitest';
import { runningRecorder } from './support/ground.ts';
import { claimAllOf } from './support/processor.ts';
import { sha256 } from './support/writer.ts';

vi.setConfig({ testTimeout: 30_000, hookTimeout: 60_000 });

const MIB = 1024 * 1024;
const running = runningRecorder('recorder', { MAX_CONCURRENT_RECORDINGS: '50' });
const { client } = running;
const input = seededRandom('recorder').bytes(3 * MIB + 12_345);

describe('a recording', () => {
  it('goes from its bytes to chunks to storage, and its plaintext disappears', async () => {
    const one = client();
    expect(await one.start()).toMatchObject({ status: 'recording', owner_address: running.recorder.address });
    expect((await one.start()).session_id).toBe(one.sessionId);
    expect(await one.head()).toMatchObject({ status: 200, durable: 0, stored: 0 });
    expect(await one.patch(0, input.subarray(0, 2_000_000))).toMatchObject({
      status: 204,
      durable: 2_000_000,
    });
    expect(await one.patch(2_000_000, input.subarray(2_000_000))).toMatchObject({ durable: input.length });
    const stopped = await one.stop();
    expect(stopped).toMatchObject({ status: 'stopped', durable_offset: input.length, chunks_sealed: 4 });
    expect(await one.stop()).toMatchObject({ status: 'stopped', chunks_sealed: 4 });

    const claimed = await claimAllOf(one, 4);
    const parts: Buffer[] = [];
    for (const chunk of claimed) {
      expect(chunk).toMatchObject({ recorder_address: running.recorder.address, compression_enabled: true });
      const bytes = await one.plaintext(chunk);
      expect(sha256(bytes)).toBe(chunk.plain_hash);
      parts.push(bytes);
      expect((await one.complete(chunk)).status).toBe(204);
      expect((await one.complete(chunk)).status).toBe(204);
      expect((await one.complete(chunk, sha256(Buffer.from('other')))).status).toBe(409);
    }
    expect(Buffer.concat(parts)).toEqual(input);
    expect(await one.head()).toMatchObject({ durable: input.length, stored: input.length });
    expect(await one.get()).toMatchObject({ chunks_stored: 4, stored_offset: input.length });
    await eventually('no plaintext is left', () => !existsSync(join(running.folder, one.sessionId)));
    expect(await one.patch(input.length, 'x')).toMatchObject({ status: 409, code: 'LUCID_ERR_7102' });
    expect((await one.asPipeline('DELETE', `/recordings/${one.sessionId}`)).status).toBe(204);
    expect((await one.asPipeline('GET', `/recordings/${one.sessionId}`)).status).toBe(404);
  });

  it('is begun once however many ask for it at the same time, and takes bytes at once', async () => {
    const one = client();
    const started = await Promise.all(Array.from({ length: 5 }, () => one.start()));
    expect(new Set(started.map(({ status }) => status))).toEqual(new Set(['recording']));
    expect(await one.patch(0, input.subarray(0, 100))).toMatchObject({ status: 204, durable: 100 });
    expect(await one.stop()).toMatchObject({ status: 'stopped', durable_offset: 100 });
  });

  it('tells the right offset with every refusal and writes nothing then', async () => {
    const one = client();
    await one.start();
    await one.patch(0, input.subarray(0, 1000));
    expect(await one.patch(999, 'abc')).toMatchObject({ status: 409, code: 'LUCID_ERR_7103', durable: 1000 });
    expect(await one.patch(5000, input)).toMatchObject({ status: 409, durable: 1000, stored: 0 });
    expect(await one.head()).toMatchObject({ durable: 1000 });
    expect(await one.patch(1000, '')).toMatchObject({ status: 204, durable: 1000 });
    expect(await one.stop()).toMatchObject({ durable_offset: 1000, chunks_sealed: 1 });
  });

  it('is unknown to other users, and its plaintext is for processors only', async () => {
    const one = client();
    await one.start();
    const stranger = randomUUID();
    expect((await one.head(stranger)).status).toBe(404);
    expect(await one.patch(0, 'abc', stranger)).toMatchObject({ status: 404, code: 'LUCID_ERR_7101' });
    expect((await one.asPipeline('GET', `/recordings/${one.sessionId}/chunks/1/raw`)).status).toBe(403);
    expect(
      (await fetch(`http://${running.recorder.address}/api/v1/recordings/${one.sessionId}`)).status,
    ).toBe(401);
  });

  it('takes bytes up to its largest size and can be stopped then', async () => {
    const one = client();
    await one.start({ max_size_bytes: 2 * MIB });
    expect(await one.patch(0, input)).toMatchObject({
      status: 413,
      code: 'LUCID_ERR_7107',
      durable: 2 * MIB,
    });
    expect(await one.patch(2 * MIB, 'x')).toMatchObject({ status: 413, durable: 2 * MIB });
    expect(await one.stop()).toMatchObject({ status: 'stopped', durable_offset: 2 * MIB, chunks_sealed: 2 });
  });

  it('has one writer at a time and ends an upload when it is stopped', async () => {
    const one = client();
    await one.start();
    const { promise: finish, resolve } = Promise.withResolvers<void>();
    const slow = one.patch(
      0,
      (async function* () {
        yield input.subarray(0, 5000);
        await finish;
        yield input.subarray(5000, 6000);
      })(),
    );
    await eventually('the first bytes are durable', async () => (await one.head()).durable === 5000);
    expect(await one.patch(5000, 'x')).toMatchObject({ status: 409, code: 'LUCID_ERR_7104', durable: 5000 });
    expect(await one.stop()).toMatchObject({ status: 'stopped', durable_offset: 5000 });
    resolve();
    expect(await slow).toMatchObject({ status: 409, code: 'LUCID_ERR_7102', durable: 5000 });
  });

  it('lists its chunks in pages and counts itself without a token', async () => {
    const one = client();
    await one.start();
    await one.patch(0, input);
    await one.stop();
    const answer = await one.asPipeline('GET', `/recordings/${one.sessionId}/chunks?limit=2&offset=2`);
    expect(await answer.json()).toMatchObject({
      total: 4,
      chunks: [
        { sequence_number: 3, status: 'recorded', plain_offset: 2 * MIB },
        { sequence_number: 4, plain_size: 12_345 },
      ],
    });
    expect((await one.asPipeline('GET', `/recordings/${one.sessionId}/chunks/9`)).status).toBe(404);
    const status = await fetch(`http://${running.recorder.address}/api/v1/recording/status`);
    expect(await status.json()).toMatchObject({ status: 'ready', capacity: 50 });
    const text = await (await fetch(`http://${running.recorder.address}/metrics`)).text();
    for (const name of [
      'recorder_bytes_total',
      'recorder_fsync_duration_seconds_bucket',
      'chunk_queue_depth',
    ])
      expect(text).toContain(name);
  });
});

describe('the queue', () => {
  it('gives a chunk to one worker at a time, and again when its lease expires', async () => {
    const one = client();
    await one.start();
    await one.patch(0, input.subarray(0, 1000));
    await one.stop();
    const claims = await Promise.all(Array.from({ length: 5 }, () => one.claim(16, 1000)));
    const mine = claims.flat().filter((chunk) => chunk.session_id === one.sessionId);
    expect(mine).toHaveLength(1);
    const [first] = mine;
    if (!first) throw new Error('no claim');
    const renew = (leaseToken: string, leaseMs: number) =>
      one.asProcessor('POST', `/chunks/${first.chunk_id}/renew`, {
        lease_token: leaseToken,
        lease_ms: leaseMs,
      });
    expect((await renew(first.lease_token, 1000)).status).toBe(204);
    expect((await renew(randomUUID(), 1000)).status).toBe(409);
    const [second] = await claimAllOf(one, 1);
    expect(second?.chunk_id).toBe(first.chunk_id);
    expect((await renew(first.lease_token, 1000)).status).toBe(409);
    expect((await one.complete(first)).status).toBe(409);
    expect((await one.fail(first, { retryable: true })).status).toBe(409);
    if (second) expect((await one.complete(second)).status).toBe(204);
  });

  it('quarantines what cannot be processed and lets outages pass', async () => {
    const one = client();
    await one.start();
    await one.patch(0, input.subarray(0, 2 * MIB));
    await one.stop();
    const first = await claimAllOf(one, 2);
    const [poor, hopeless] = first;
    if (!poor || !hopeless) throw new Error('two chunks were expected');
    expect((await one.fail(hopeless, { retryable: false })).status).toBe(204);
    expect((await one.fail(poor, { retryable: true, fault: 'system' })).status).toBe(204);
    for (let attempt = 0; attempt < 3; attempt++) {
      const [again] = await claimAllOf(one, 1);
      expect(again).toMatchObject({ chunk_id: poor.chunk_id, attempts: attempt });
      if (again) expect((await one.fail(again, { retryable: true })).status).toBe(204);
    }
    expect(await one.get()).toMatchObject({ chunks_quarantined: 2, chunks_stored: 0 });
    const answer = await one.asPipeline('GET', `/recordings/${one.sessionId}/chunks?status=quarantined`);
    expect(await answer.json()).toMatchObject({ total: 2, chunks: [{ error: 'as the test wants it' }, {}] });
    expect(readdirSync(join(running.folder, one.sessionId))).toHaveLength(2); // kept for a person to look at
  });
});
