import { randomUUID } from 'node:crypto';
import { decodeChunk } from '@lucid/chunk-codec';
import { sessionLikeBytes } from '@lucid/chunk-codec/testing';
import { eventually, type SpawnedService, startDns, TestIdentities, type TinyDns } from '@lucid/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { config } from '../src/config.ts';
import { sha256 } from './support/bytes.ts';

import { fileKey, TinyRecorder, TinyStorage } from './support/neighbours.ts';
import { prepareIdentities, spawnProcessor } from './support/service.ts';

vi.setConfig({ testTimeout: 30_000, hookTimeout: 60_000 });

const MIB = 1024 * 1024;
const identities = new TestIdentities();
let recorder: TinyRecorder;
let storage: TinyStorage;
let dns: TinyDns;
let processor: SpawnedService;

const portOf = (address: string) => address.split(':')[1];
const neighbours = () => ({
  DNS_SERVERS: dns.address,
  SESSION_RECORDER_URL: `http://lucid-session-recorder:${portOf(recorder.address)}`,
  SESSION_STORAGE_URL: `http://lucid-session-storage:${portOf(storage.address)}`,
});
const spawn = (environment: Record<string, string> = {}) =>
  spawnProcessor({
    identities,
    environment: { CHUNK_LEASE_SECONDS: '3', CHUNK_PROCESSING_WORKERS: '2', ...neighbours(), ...environment },
  });

beforeAll(async () => {
  prepareIdentities(identities);
  dns = await startDns();
  recorder = await TinyRecorder.start(identities);
  storage = await TinyStorage.start(identities);
  processor = await spawn();
});

afterAll(async () => {
  await processor?.kill();
  await Promise.all([recorder?.close(), storage?.close()]);
  await dns?.close();
  identities[Symbol.dispose]();
});

beforeEach(() => {
  recorder.beforePlaintext = async () => undefined;
  recorder.refuseRenewals = false;
  recorder.failures.length = 0;
  storage.isDown = false;
  storage.beforePut = async () => undefined;
});

async function busyWorkers(): Promise<number> {
  const answer = await fetch(`http://${processor.address}/api/v1/processing/status`);
  return ((await answer.json()) as { busy_workers: number }).busy_workers;
}

describe('processing', () => {
  it('brings chunks to storage, sealed so that only the private key of their session opens them', async () => {
    const session = randomUUID();
    const inputs = [1, 2, 3, 4].map((seed) => sessionLikeBytes(seed === 4 ? 777 : 2 * MIB, seed));
    const chunks = inputs.map((bytes, index) => recorder.add(bytes, session, index + 1));
    await eventually('all are complete', () =>
      chunks.every(({ chunk_id }) => recorder.completed.has(chunk_id)),
    );
    for (const [index, chunk] of chunks.entries()) {
      const file = storage.files.get(fileKey(chunk));
      expect(recorder.completed.get(chunk.chunk_id)).toBe(file && sha256(file.bytes));
      expect(file?.bytes.includes(inputs[index]?.subarray(0, 64) ?? '')).toBe(false);
      expect(file?.stored.encryption).toEqual({
        algorithm: 'HPKE-X25519-SHA256-AES256GCM',
        key_id: recorder.sealingKey.key_id,
      });
      const stored = {
        file: file?.bytes ?? Buffer.alloc(0),
        compression: file?.stored.compression.algorithm ?? '',
        plainHash: file?.stored.plain_hash ?? '',
        sessionId: session,
        sequenceNumber: index + 1,
      };
      expect(
        decodeChunk({ ...stored, privateKey: recorder.privateKey }).equals(inputs[index] ?? Buffer.alloc(0)),
      ).toBe(true);
      expect(() => decodeChunk({ ...stored, privateKey: Buffer.alloc(32, 1) })).toThrow('was altered');
    }
    const status = await fetch(`http://${processor.address}/api/v1/processing/status`);
    expect(await status.json()).toMatchObject({ status: 'ready', workers: 2, failed_total: 0 });
  });

  it('starts and works without a database and without a key-encryption key', () => {
    expect(processor.output()).not.toMatch(/MONGODB_URI|ENCRYPTION_KEY/);
    for (const name of ['MONGODB_URI', 'ENCRYPTION_KEY'])
      expect(Object.keys(config.variables)).not.toContain(name);
  });

  it('seals nothing for a public key that everybody could open', async () => {
    const usual = recorder.sealingKey;
    recorder.sealingKey = { ...usual, public_key: '00'.repeat(32) };
    const chunk = recorder.add(sessionLikeBytes(1000, 3));
    recorder.sealingKey = usual;
    const failure = await eventually('it is given back', () => recorder.failures[0]);
    expect(failure).toMatchObject({ chunkId: chunk.chunk_id, retryable: false, fault: 'data' });
    expect(storage.files.has(fileKey(chunk))).toBe(false);
  });

  it('uses what an earlier attempt stored, when it is the same plaintext', async () => {
    const bytes = sessionLikeBytes(100_000, 9);
    const chunk = recorder.add(bytes);
    await eventually('it is complete', () => recorder.completed.has(chunk.chunk_id));
    const hash = recorder.completed.get(chunk.chunk_id);
    recorder.completed.delete(chunk.chunk_id);
    recorder.add(bytes, chunk.session_id);
    await eventually('it is complete again', () => recorder.completed.has(chunk.chunk_id));
    expect(recorder.completed.get(chunk.chunk_id)).toBe(hash);
    recorder.add(sessionLikeBytes(100_000, 10), chunk.session_id);
    const failure = await eventually('other bytes are refused', () => recorder.failures[0]);
    expect(failure).toMatchObject({
      retryable: false,
      fault: 'data',
      reason: expect.stringContaining('7156'),
    });
  });

  it('reports plaintext that is not what was recorded', async () => {
    recorder.add(Buffer.from('changed on the way'), randomUUID(), 1, sha256(Buffer.from('something else')));
    const failure = await eventually('it is given back', () => recorder.failures[0]);
    expect(failure).toMatchObject({
      retryable: true,
      fault: 'data',
      reason: expect.stringContaining('7155'),
    });
  });

  it('survives an outage of storage without blaming a single chunk', async () => {
    storage.isDown = true;
    const chunks = [1, 2, 3].map((sequence) => recorder.add(sessionLikeBytes(50_000, sequence)));
    await eventually('chunks are given back', () => recorder.failures.length >= 2);
    storage.isDown = false;
    await eventually(
      'all are complete in the end',
      () => chunks.every(({ chunk_id }) => recorder.completed.has(chunk_id)),
      { timeoutMs: 60_000 },
    );
    expect(new Set(recorder.failures.map(({ fault }) => fault))).toEqual(new Set(['system']));
  }, 70_000);

  it('keeps its lease while it works, and drops the work when it loses it', async () => {
    const { promise: release, resolve } = Promise.withResolvers<void>();
    recorder.beforePlaintext = () => release;
    const before = recorder.renewals;
    const kept = recorder.add(sessionLikeBytes(1000, 1));
    await eventually('the lease is renewed', () => recorder.renewals > before + 1);
    resolve();
    await eventually('it is complete', () => recorder.completed.has(kept.chunk_id));

    const { promise: never } = Promise.withResolvers<void>();
    recorder.beforePlaintext = () => never;
    recorder.refuseRenewals = true;
    const lost = recorder.add(sessionLikeBytes(1000, 2));
    await eventually('it is taken', () => recorder.waiting === 0);
    await eventually('the worker is free again', async () => {
      return (await busyWorkers()) === 0 && recorder.waiting === 0;
    });
    expect(recorder.completed.has(lost.chunk_id)).toBe(false);
    expect(recorder.failures).toEqual([]);
  });
});

describe('stopping', () => {
  it('finishes what is in flight and gives back what takes too long', async () => {
    await processor.stop();
    const slow = await spawn({ SHUTDOWN_DEADLINE_MS: '3000' });
    const finishing = Promise.withResolvers<void>();
    let puts = 0;
    storage.beforePut = () => (puts++ === 0 ? finishing.promise : new Promise<void>(() => undefined));
    const chunks = [1, 2].map((sequence) => recorder.add(sessionLikeBytes(1000, sequence)));
    await eventually('both are at storage', () => puts === 2);
    const code = slow.stop();
    recorder.add(sessionLikeBytes(1000, 3));
    finishing.resolve();
    expect(await code).toBe(0);
    expect(chunks.filter(({ chunk_id }) => recorder.completed.has(chunk_id))).toHaveLength(1);
    expect(recorder.failures).toMatchObject([{ fault: 'system', retryable: true }]);
    expect(recorder.waiting).toBe(2);
  }, 30_000);
});
