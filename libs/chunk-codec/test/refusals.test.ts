import { constants, createZstdCompress, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CompressionAlgorithm } from '../src/index.ts';
import {
  type DecodeChunkInput,
  decodeChunk,
  decodeChunkAsync,
  encapsulateFrom,
  encodeChunk,
} from '../src/index.ts';
import { runNow, sealInPieces } from '../src/sealer.ts';
import { sessionLikeBytes } from '../src/testing.ts';
import { PRIVATE_KEY, RECIPIENT, refusalOf, SESSION_ID, seededRandomBytes } from './support.ts';

const place = { sessionId: SESSION_ID, sequenceNumber: 7 };
const writer = { ...place, recipient: RECIPIENT, encapsulate: encapsulateFrom(seededRandomBytes(4)) };
const reader = { ...place, privateKey: PRIVATE_KEY };
const encoded = encodeChunk({ ...writer, plaintext: sessionLikeBytes(20_000, 1) });
const good: DecodeChunkInput = {
  ...reader,
  file: encoded.file,
  compression: 'zstd',
  plainHash: encoded.plainHash,
};

/** An authentic file around any payload, as a writer with the key but bad intentions would make it. */
function sealed(payload: Uint8Array, algorithm: CompressionAlgorithm): DecodeChunkInput {
  const { file } = runNow(sealInPieces(writer, { payload, algorithm, level: 3, ratio: 1 }));
  return { ...reader, file, compression: algorithm };
}

async function bothRefuse(input: DecodeChunkInput, code: string) {
  expect(await refusalOf(() => decodeChunk(input))).toBe(code);
  expect(await refusalOf(() => decodeChunkAsync(input))).toBe(code);
}

describe('decoding', () => {
  it('sees any single flipped bit', () => {
    fc.assert(
      fc.property(fc.nat(encoded.file.length - 1), fc.nat(7), (at, bit) => {
        const file = Buffer.from(encoded.file);
        file[at] = (file[at] ?? 0) ^ (1 << bit);
        expect(() => decodeChunk({ ...good, file })).toThrow('was altered');
      }),
    );
  });

  it.each([
    ['another sequence number', { sequenceNumber: 8 }],
    ['another session', { sessionId: 'c1d7c1f6-9e0c-4f57-8d3b-7d64a2a4f0aa' }],
    ['another key', { privateKey: Buffer.alloc(32) }],
    ['another compression', { compression: 'none' }],
    ['a cut tail', { file: encoded.file.subarray(0, -1) }],
    ['an added tail', { file: Buffer.concat([encoded.file, Buffer.alloc(1)]) }],
  ])('refuses %s', async (_what, over) => {
    await bothRefuse({ ...good, ...over }, 'authentication_failed');
  });

  it('refuses an ephemeral key of low order, for which the shared secret would be known', async () => {
    const file = Buffer.concat([Buffer.alloc(32), encoded.file.subarray(32)]);
    await bothRefuse({ ...good, file }, 'authentication_failed');
  });

  it('refuses what is too short to be a chunk', async () => {
    for (const size of [0, 1, 47, 48]) {
      await bothRefuse({ ...good, file: encoded.file.subarray(0, size) }, 'file_too_short');
    }
  });

  it('refuses a compression it does not know', async () => {
    await bothRefuse({ ...good, compression: 'lz4' }, 'unknown_compression');
  });

  it('refuses a plaintext other than the recorded one', async () => {
    await bothRefuse({ ...good, plainHash: '00'.repeat(32) }, 'plain_hash_mismatch');
  });

  it('refuses authentic bytes that are no zstd frame', async () => {
    await bothRefuse(sealed(Buffer.from('not zstd at all'), 'zstd'), 'decompression_failed');
    await bothRefuse(
      sealed(zstdCompressSync(Buffer.alloc(5000)).subarray(0, 10), 'zstd'),
      'decompression_failed',
    );
  });

  it('stops a zip bomb at the limit instead of unfolding it', async () => {
    const bomb = sealed(zstdCompressSync(Buffer.alloc(256 * 1024 * 1024)), 'zstd');
    expect(bomb.file.length).toBeLessThan(64 * 1024);
    const before = process.memoryUsage().arrayBuffers;
    await bothRefuse(bomb, 'plaintext_too_large');
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 * 1024 * 1024);
    await bothRefuse({ ...bomb, maxPlainBytes: 10 }, 'plaintext_too_large');
    await bothRefuse({ ...sealed(Buffer.alloc(11), 'none'), maxPlainBytes: 10 }, 'plaintext_too_large');
  });

  it('refuses a frame that demands a window far above the limit', async () => {
    const stream = createZstdCompress({ params: { [constants.ZSTD_c_windowLog]: 27 } });
    for (let i = 0; i < 20; i++) stream.write(sessionLikeBytes(10_000, i));
    stream.end();
    const parts: Buffer[] = [];
    for await (const part of stream) parts.push(part);
    await bothRefuse(sealed(Buffer.concat(parts), 'zstd'), 'decompression_failed');
  });

  it('accepts a plaintext of exactly the limit', () => {
    const plaintext = Buffer.alloc(1000, 'ab');
    const file = encodeChunk({ ...writer, plaintext, maxPlainBytes: 1000 }).file;
    expect(decodeChunk({ ...reader, file, compression: 'zstd', maxPlainBytes: 1000 }).equals(plaintext)).toBe(
      true,
    );
  });
});
