import { createHash, randomBytes } from 'node:crypto';
import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { temporaryFolder } from '@lucid/testing';
import { afterAll, describe, expect, it } from 'vitest';
import { hashOf } from '../src/adapters/hash-file.ts';
import { PlaintextStream } from '../src/adapters/plaintext-stream.ts';
import { discard, pump } from '../src/adapters/pump.ts';

const folder = temporaryFolder('forgetting');
afterAll(() => folder.remove());

const isBlank = (bytes: Uint8Array) => bytes.every((byte) => byte === 0);
const never = new AbortController().signal;

async function fileOf(bytes: Buffer): Promise<PlaintextStream> {
  const path = join(folder.path, randomBytes(8).toString('hex'));
  await writeFile(path, bytes);
  return new PlaintextStream(await open(path, 'r'));
}

describe('what was received', () => {
  it('is overwritten in memory once it is written, and not before', async () => {
    const source = new PassThrough();
    const pieces = ['one', 'two', 'three'].map((text) => Buffer.from(text));
    const written: string[] = [];
    const ending = pump(
      source,
      async (batch) => {
        await new Promise((resolve) => setImmediate(resolve));
        written.push(Buffer.concat(batch).toString());
      },
      never,
    );
    for (const piece of pieces) source.write(piece);
    source.end();
    expect(await ending).toEqual({ kind: 'ended' });
    expect(written.join('')).toBe('onetwothree');
    expect(pieces.map(isBlank)).toEqual([true, true, true]);
  });

  it('is overwritten also when it cannot be written, with everything that waited', async () => {
    const source = new PassThrough();
    const pieces = ['one', 'two', 'three'].map((text) => Buffer.from(text));
    const failing = Promise.withResolvers<void>();
    const ending = pump(source, () => failing.promise, never);
    for (const piece of pieces) source.write(piece);
    await new Promise((resolve) => setImmediate(resolve));
    failing.reject(new Error('the disk is gone'));
    expect(await ending).toMatchObject({ kind: 'failed' });
    expect(pieces.map(isBlank)).toEqual([true, true, true]);
  });

  it('is overwritten when it is refused', async () => {
    const source = new PassThrough();
    const piece = Buffer.from('nobody wanted this');
    source.end(piece);
    await discard(source, () => new Promise(() => undefined));
    expect(isBlank(piece)).toBe(true);
  });
});

describe('what is read from the disk', () => {
  it('is the file, whatever its size, and is overwritten when it was sent', async () => {
    for (const size of [1, 65_537, 2 * 1024 * 1024, 3_333_333]) {
      const bytes = randomBytes(size);
      const stream = await fileOf(bytes);
      const pieces: Buffer[] = [];
      for await (const piece of stream) pieces.push(piece as Buffer);
      expect(Buffer.concat(pieces).equals(bytes)).toBe(true);
      stream.wipe();
      expect(pieces.every(isBlank)).toBe(true);
    }
  });

  it('is overwritten while it is hashed', async () => {
    const bytes = randomBytes(1_500_000);
    const stream = await fileOf(bytes);
    const pieces: Buffer[] = [];
    stream.prependListener('data', (piece: Buffer) => pieces.push(piece));
    stream.pause();
    expect(await hashOf(stream)).toBe(createHash('sha256').update(bytes).digest('hex'));
    expect(pieces.reduce((sum, piece) => sum + piece.length, 0)).toBe(bytes.length);
    expect(pieces.every(isBlank)).toBe(true);
  });

  it('fails like the file does', async () => {
    const stream = await fileOf(randomBytes(10));
    stream.destroy(new Error('the caller went away'));
    await expect(async () => {
      for await (const _piece of stream);
    }).rejects.toThrow('the caller went away');
  });
});
