import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { unwrapKey } from '@lucid/chunk-codec';
import { messageKeyOf, sessionLikeBytes } from '@lucid/chunk-codec/testing';
import type { KeyAuditEntry } from '@lucid/contracts';
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { KeyDocument } from '../src/adapters/key-documents.ts';
import { Cluster, KEYS, PROCESSOR, RECORDER, STORAGE } from './support/cluster.ts';
import { collectGarbage } from './support/inspector.ts';
import { type Secrets, searchFolder, searchMemory } from './support/memory.ts';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 });

const MIB = 1024 * 1024;
const CHUNKS = 6;
/** Another one every few hundred bytes: wherever a piece of the recording lies, one of them lies in it. */
const MARKER_EVERY_BYTES = 509;

/** A recording that nobody could mistake: session-like bytes, and noise that is stored uncompressed, full of the marker. */
function markedRecording(marker: Buffer, sizeBytes: number): Buffer {
  const bytes = sessionLikeBytes(sizeBytes, 77);
  randomBytes(2 * MIB).copy(bytes, 2 * MIB);
  for (let at = 0; at + marker.length <= bytes.length; at += MARKER_EVERY_BYTES) marker.copy(bytes, at);
  return bytes;
}

const NOT_HERE = 'memory is not searched here: only Linux shows that of other processes (/proc/<pid>/mem)';
if (process.platform !== 'linux') it('nothing is left in memory', (test) => test.skip(NOT_HERE));

describe.runIf(process.platform === 'linux')('what a compromised recorder or processor keeps', () => {
  let cluster: Cluster;
  let secrets: Secrets;
  let session: string;
  let recording: Buffer;
  const marker = createHash('sha256').update(randomBytes(32)).digest();

  beforeAll(async () => {
    cluster = await Cluster.start();
    recording = markedRecording(marker, CHUNKS * MIB);
    session = await cluster.record(recording);
    secrets = await secretsOf(cluster, session);
    // Other recordings, as on any day; their bytes pass through the same buffers.
    for (const seed of [1, 2, 3]) await cluster.record(sessionLikeBytes(4 * MIB, seed));
    for (const name of [RECORDER, PROCESSOR]) await collectGarbage(cluster.service(name));
  });
  afterAll(async () => {
    await cluster?.[Symbol.asyncDispose]();
  });

  it('is on no disk: neither plaintext nor a key', async () => {
    for (const name of [RECORDER, PROCESSOR]) {
      const { found, sizeBytes } = await searchFolder(cluster.folderOf(name), { ...secrets, marker });
      console.log(`${name}: ${sizeBytes} bytes of files searched`);
      expect(found).toEqual([]);
    }
  });

  it.each([RECORDER, PROCESSOR])('opens nothing with what is in the memory of %s', async (name) => {
    const { found, sizeBytes } = await searchMemory(cluster.service(name).pid, secrets);
    console.log(
      `${name}: ${Math.round(sizeBytes / MIB)} MiB of memory searched for ${Object.keys(secrets).length} secrets`,
    );
    expect(sizeBytes).toBeGreaterThan(50 * MIB);
    expect(found).toEqual([]);
  });

  it.each([RECORDER, PROCESSOR])('shows nothing of the recording in the memory of %s', async (name) => {
    const { found } = await searchMemory(cluster.service(name).pid, { marker });
    expect(found).toEqual([]);
  });

  it('is opened in one place, for session-api alone, and every opening is written down', async () => {
    for (let sequence = 1; sequence <= CHUNKS; sequence++) {
      const path = `/sessions/${session}/chunks/${sequence}/plaintext`;
      const answer = await cluster.call('lucid-session-api', KEYS, 'GET', path);
      const plaintext = Buffer.from(await answer.arrayBuffer());
      expect(plaintext.equals(recording.subarray((sequence - 1) * MIB, sequence * MIB))).toBe(true);
      await expect(cluster.call('lucid-api-gateway', KEYS, 'GET', path)).rejects.toThrow('403');
    }
    const answer = await cluster.call('lucid-session-api', KEYS, 'GET', `/keys/${session}/audit?limit=100`);
    const { entries } = (await answer.json()) as { entries: KeyAuditEntry[] };
    const opened = entries.filter(({ event, outcome }) => event === 'chunk_opened' && outcome === 'done');
    expect(opened.map(({ sequence_number }) => sequence_number).toSorted()).toEqual([1, 2, 3, 4, 5, 6]);
    expect(new Set(opened.map(({ user_id }) => user_id))).toEqual(new Set([cluster.userId]));
  });

  it('is in no log of anybody, the key service included', () => {
    for (const name of [KEYS, RECORDER, PROCESSOR, STORAGE]) {
      const output = Buffer.from(cluster.service(name).output());
      for (const [what, secret] of Object.entries({ ...secrets, marker }))
        for (const written of [
          secret,
          Buffer.from(secret.toString('hex')),
          Buffer.from(secret.toString('base64')),
        ])
          expect(output.includes(written), `${what} in the log of ${name}`).toBe(false);
    }
  });

  it('is searched for by a search that sees what is there', async () => {
    const { KEK, ...others } = secrets;
    const inKeys = await searchMemory(cluster.service(KEYS).pid, { KEK: KEK ?? Buffer.alloc(0) });
    expect(inKeys.found.map(({ secret }) => secret)).toContain('KEK');
    const child = spawn(process.execPath, ['-e', KEEPER], { stdio: ['pipe', 'pipe', 'inherit'] });
    try {
      const kept = { ...others, marker };
      child.stdin?.end(JSON.stringify(Object.values(kept).map((value) => value.toString('base64'))));
      await once(child.stdout as NonNullable<ChildProcess['stdout']>, 'data');
      const { found } = await searchMemory(child.pid ?? 0, kept);
      expect(new Set(found.map(({ secret }) => secret))).toEqual(new Set(Object.keys(kept)));
    } finally {
      child.kill();
      await once(child, 'exit');
    }
  });
});

/** A process that does what ours must not: it keeps every key it has seen. */
const KEEPER = `
  let text = '';
  process.stdin.on('data', (piece) => { text += piece; }).on('end', () => {
    globalThis.kept = JSON.parse(text).map((value) => Buffer.from(value, 'base64'));
    process.stdout.write('ready');
    setInterval(() => globalThis.kept.length, 1000);
  });
`;

/** Everything that opens the chunks of a session, found as only the holder of the key-encryption key can. */
async function secretsOf(cluster: Cluster, sessionId: string): Promise<Secrets> {
  const client = await new MongoClient(cluster.mongoUri).connect();
  const kek = Buffer.from(cluster.kek, 'hex');
  try {
    const key = await client.db().collection<KeyDocument>('encryption_keys').findOne({ _id: sessionId });
    if (!key) throw new Error('the session has no key');
    const privateKey = unwrapKey({ keyId: key.key_id, sessionId, wrapped: key.wrapped_key, kek });
    const folder = join(cluster.folderOf(STORAGE), 'data/active', sessionId);
    const files = readdirSync(folder).sort();
    if (files.length !== CHUNKS) throw new Error(`${files.length} chunk files`);
    const chunkKeys = files.map((name, index): [string, Buffer] => {
      const place = { sessionId, sequenceNumber: index + 1 };
      const { key } = messageKeyOf({ ...place, file: readFileSync(join(folder, name)), privateKey });
      return [`key of chunk ${index + 1}`, key];
    });
    return {
      KEK: kek,
      'KEK as text': Buffer.from(cluster.kek),
      'private key': privateKey,
      'private key as text': Buffer.from(privateKey.toString('hex')),
      'wrapped private key': Buffer.from(key.wrapped_key),
      ...Object.fromEntries(chunkKeys),
    };
  } finally {
    await client.close();
  }
}
