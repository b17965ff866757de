import { webcrypto } from 'node:crypto';
import { zstdDecompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CHUNK_OVERHEAD_BYTES,
  decodeChunk,
  decodeChunkAsync,
  type EncodeChunkInput,
  encodeChunk,
  encodeChunkAsync,
} from '../src/index.ts';
import { sessionLikeBytes } from '../src/testing.ts';
import { DEK, refusalOf, SESSION_ID, seededRandomBytes, sha256 } from './support.ts';

const inputOf = (plaintext: Uint8Array, over: Partial<EncodeChunkInput> = {}): EncodeChunkInput => ({
  plaintext,
  sessionId: SESSION_ID,
  sequenceNumber: 7,
  dek: DEK,
  randomBytes: seededRandomBytes(2),
  ...over,
});
const place = { sessionId: SESSION_ID, sequenceNumber: 7, dek: DEK };

/** Opens a file with WebCrypto from the written format alone, sharing no code with the codec. */
async function openIndependently(file: Buffer, compression: string): Promise<Buffer> {
  const { subtle } = webcrypto;
  const text = (value: string) => new TextEncoder().encode(value);
  const info = text(`lucid-chunk:${SESSION_ID}:7`);
  const base = await subtle.importKey('raw', DEK, 'HKDF', false, ['deriveKey']);
  const key = await subtle.deriveKey(
    { name: 'HKDF', hash: 'SHA-256', salt: file.subarray(0, 32), info },
    base,
    { name: 'AES-GCM', length: 256 },
    false,
    ['decrypt'],
  );
  const additionalData = text(`${SESSION_ID}|7|${compression}`);
  const algorithm = { name: 'AES-GCM', iv: file.subarray(32, 44), additionalData, tagLength: 128 };
  return Buffer.from(await subtle.decrypt(algorithm, key, file.subarray(44)));
}

describe('chunk codec', () => {
  it('gives back every plaintext, from both encoders through both decoders', async () => {
    const plaintexts = fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 3000 }),
      fc
        .tuple(fc.integer({ min: 1, max: 700_000 }), fc.nat())
        .map(([size, seed]) => sessionLikeBytes(size, seed)),
    );
    await fc.assert(
      fc.asyncProperty(
        plaintexts,
        fc.constantFrom('zstd' as const, 'none' as const),
        async (plaintext, compression) => {
          const input = inputOf(plaintext, { compression });
          for (const encoded of [encodeChunk(input), await encodeChunkAsync(input)]) {
            expect(encoded.chunkHash).toBe(sha256(encoded.file));
            expect(encoded.plainHash).toBe(sha256(plaintext));
            const { file, plainHash } = encoded;
            const stored = { ...place, file, plainHash, compression: encoded.compression.algorithm };
            expect(decodeChunk(stored).equals(plaintext)).toBe(true);
            expect((await decodeChunkAsync(stored)).equals(plaintext)).toBe(true);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('writes the format of the design: an implementation that knows only the text opens it', async () => {
    const plaintext = sessionLikeBytes(100_000, 3);
    const packed = encodeChunk(inputOf(plaintext));
    expect(packed.compression.algorithm).toBe('zstd');
    expect(zstdDecompressSync(await openIndependently(packed.file, 'zstd')).equals(plaintext)).toBe(true);
    const plain = encodeChunk(inputOf(plaintext, { compression: 'none' }));
    expect((await openIndependently(plain.file, 'none')).equals(plaintext)).toBe(true);
    expect(plain.file.length).toBe(plaintext.length + CHUNK_OVERHEAD_BYTES);
  });

  // Computed with Python's `cryptography` from the formulas of the design.
  it('produces the known file for known randomness', () => {
    const encoded = encodeChunk(inputOf(Buffer.from('lucid'), { compression: 'none' }));
    expect(encoded.file.toString('hex')).toBe(
      '81c6d31e5c529e9262c68339a1da7bf0448a8476115ecd382ecee2498df602c4' +
        'a6f2bdded87b34e07f55c784' +
        'c1616ead5f' +
        'bba5740513ccfb34a9d9857927b5f4e0',
    );
    expect(encoded.chunkHash).toBe('57f7f3df754d9fb1160af213324a8fd40d15052bc59593886f6693628a82103e');
  });

  it('keeps what does not shrink below 98 % as it is, and says so', () => {
    const noise = encodeChunk(inputOf(seededRandomBytes(5)(50_000)));
    expect(noise.compression).toEqual({ algorithm: 'none', level: 0, ratio: 1 });
    const shrinks = encodeChunk(inputOf(sessionLikeBytes(400_000, 5, 0.9), { level: 6, keyId: 'key-1' }));
    expect(shrinks.compression).toMatchObject({ algorithm: 'zstd', level: 6 });
    expect(shrinks.compression.ratio).toBeLessThan(0.98);
    expect(shrinks.encryption).toEqual({ algorithm: 'AES-256-GCM', key_id: 'key-1' });
  });

  it('never uses a salt or nonce twice', () => {
    const randomBytes = seededRandomBytes(9);
    const heads = Array.from({ length: 50 }, () =>
      encodeChunk(inputOf(Buffer.from('same'), { randomBytes })).file.toString('hex', 0, 44),
    );
    expect(new Set(heads).size).toBe(50);
  });

  it('writes into offered memory when it is large enough', () => {
    const outputBuffer = Buffer.alloc(1000);
    const inside = encodeChunk(inputOf(Buffer.from('short'), { outputBuffer }));
    expect(inside.file.buffer).toBe(outputBuffer.buffer);
    const outside = encodeChunk(inputOf(seededRandomBytes(1)(1000), { outputBuffer }));
    expect(outside.file.buffer).not.toBe(outputBuffer.buffer);
  });

  it('takes the plain hash of a caller who has it already', () => {
    expect(encodeChunk(inputOf(Buffer.from('x'), { knownPlainHash: 'ab'.repeat(32) })).plainHash).toBe(
      'ab'.repeat(32),
    );
  });

  it.each([
    ['empty_plaintext', { plaintext: Buffer.alloc(0) }],
    ['plaintext_too_large', { plaintext: Buffer.alloc(11), maxPlainBytes: 10 }],
    ['bad_identity', { sequenceNumber: 0 }],
    ['bad_identity', { sequenceNumber: 1.5 }],
    ['bad_identity', { sessionId: 'a|b' }],
    ['bad_identity', { sessionId: '' }],
    ['bad_key_size', { dek: Buffer.alloc(16) }],
    ['bad_random_size', { randomBytes: (size: number) => Buffer.alloc(size - 1) }],
  ] as const)('refuses to encode with %s', async (code, over) => {
    const input = inputOf(Buffer.from('x'), over);
    expect(await refusalOf(() => encodeChunk(input))).toBe(code);
    expect(await refusalOf(() => encodeChunkAsync(input))).toBe(code);
  });
});
