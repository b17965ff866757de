import { webcrypto } from 'node:crypto';
import { zstdDecompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CHUNK_OVERHEAD_BYTES,
  decodeChunk,
  decodeChunkAsync,
  type EncodeChunkInput,
  encapsulate,
  encapsulateFrom,
  encodeChunk,
  encodeChunkAsync,
} from '../src/index.ts';
import { sessionLikeBytes } from '../src/testing.ts';
import { PRIVATE_KEY, RECIPIENT, refusalOf, SESSION_ID, seededRandomBytes, sha256 } from './support.ts';

const inputOf = (plaintext: Uint8Array, over: Partial<EncodeChunkInput> = {}): EncodeChunkInput => ({
  plaintext,
  sessionId: SESSION_ID,
  sequenceNumber: 7,
  recipient: RECIPIENT,
  encapsulate: encapsulateFrom(seededRandomBytes(2)),
  ...over,
});
const place = { sessionId: SESSION_ID, sequenceNumber: 7, privateKey: PRIVATE_KEY };

const { subtle } = webcrypto;
const text = (value: string) => Buffer.from(value);

async function hmac(key: Uint8Array, ...parts: Uint8Array[]): Promise<Buffer> {
  const hash = { name: 'HMAC', hash: 'SHA-256' };
  const imported = await subtle.importKey('raw', Buffer.from(key), hash, false, ['sign']);
  return Buffer.from(await subtle.sign('HMAC', imported, Buffer.concat(parts)));
}

/** Opens a file with WebCrypto from the written format and RFC 9180 alone, sharing no code with the codec. */
async function openIndependently(file: Buffer, compression: string): Promise<Buffer> {
  const der = Buffer.concat([Buffer.from('302e020100300506032b656e04220420', 'hex'), PRIVATE_KEY]);
  const mine = await subtle.importKey('pkcs8', der, 'X25519', true, ['deriveBits']);
  const point = Buffer.from((await subtle.exportKey('jwk', mine)).x ?? '', 'base64url');
  const enc = Buffer.from(file.subarray(0, 32));
  const theirs = await subtle.importKey('raw', enc, 'X25519', false, []);
  const shared = Buffer.from(await subtle.deriveBits({ name: 'X25519', public: theirs }, mine, 256));

  const extract = (suite: Buffer, salt: Buffer, label: string, ikm: Buffer) =>
    hmac(salt, text('HPKE-v1'), suite, text(label), ikm);
  const expand = async (suite: Buffer, prk: Buffer, label: string, info: Buffer, size: number) =>
    (await hmac(prk, Buffer.of(0, size), text('HPKE-v1'), suite, text(label), info, Buffer.of(1))).subarray(
      0,
      size,
    );
  const [none, zeros] = [Buffer.alloc(0), Buffer.alloc(32)];
  const kem = Buffer.concat([text('KEM'), Buffer.of(0, 0x20)]);
  const prk = await extract(kem, zeros, 'eae_prk', shared);
  const secretOfKem = await expand(kem, prk, 'shared_secret', Buffer.concat([enc, point]), 32);
  const hpke = Buffer.concat([text('HPKE'), Buffer.of(0, 0x20, 0, 1, 0, 2)]);
  const context = Buffer.concat([
    Buffer.of(0),
    await extract(hpke, zeros, 'psk_id_hash', none),
    await extract(hpke, zeros, 'info_hash', text(`lucid-chunk:${SESSION_ID}:7`)),
  ]);
  const secret = await extract(hpke, secretOfKem, 'secret', none);
  const raw = await expand(hpke, secret, 'key', context, 32);
  const key = await subtle.importKey('raw', Buffer.from(raw), 'AES-GCM', false, ['decrypt']);
  const algorithm = {
    name: 'AES-GCM',
    iv: Buffer.from(await expand(hpke, secret, 'base_nonce', context, 12)),
    additionalData: text(`${SESSION_ID}|7|${compression}`),
    tagLength: 128,
  };
  return Buffer.from(await subtle.decrypt(algorithm, key, Buffer.from(file.subarray(32))));
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

  it('writes the same whether OpenSSL makes the shared secret or a given source does', async () => {
    const plaintext = sessionLikeBytes(5000, 6);
    const { file } = encodeChunk(inputOf(plaintext, { encapsulate, compression: 'none' }));
    expect((await openIndependently(file, 'none')).equals(plaintext)).toBe(true);
    const again = [1, 2].map(() => encodeChunk(inputOf(plaintext)).file);
    expect(again[0]).toEqual(again[1]);
  });

  // Opened to "lucid" by the formulas of RFC 9180 over the primitives of Python's `cryptography`.
  it('produces the known file for known randomness', () => {
    const encoded = encodeChunk(inputOf(Buffer.from('lucid'), { compression: 'none' }));
    expect(encoded.file.toString('hex')).toBe(
      '8e93b9899d6b91f8cd9f44a4dbb74e226cd86cb687659104ca0208da619f5279' +
        '5507b32466' +
        '50cf91c79e35d7dc0d06e685d49d9bd1',
    );
    expect(encoded.chunkHash).toBe('d8d9bc9d9d41596bb4f3418b6ccb8b366fb8cb9e796d8296d4544415af4b296d');
  });

  it('keeps what does not shrink below 98 % as it is, and says so', () => {
    const noise = encodeChunk(inputOf(seededRandomBytes(5)(50_000)));
    expect(noise.compression).toEqual({ algorithm: 'none', level: 0, ratio: 1 });
    const shrinks = encodeChunk(inputOf(sessionLikeBytes(400_000, 5, 0.9), { level: 6, keyId: 'key-1' }));
    expect(shrinks.compression).toMatchObject({ algorithm: 'zstd', level: 6 });
    expect(shrinks.compression.ratio).toBeLessThan(0.98);
    expect(shrinks.encryption).toEqual({
      algorithm: 'HPKE-X25519-SHA256-AES256GCM',
      key_id: 'key-1',
    });
  });

  it('never uses an ephemeral key twice, so never a key or nonce', () => {
    const heads = Array.from({ length: 50 }, () =>
      encodeChunk(inputOf(Buffer.from('same'), { encapsulate })).file.toString('hex', 0, 32),
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
    ['bad_random_size', { encapsulate: encapsulateFrom((size: number) => Buffer.alloc(size - 1)) }],
  ] as const)('refuses to encode with %s', async (code, over) => {
    const input = inputOf(Buffer.from('x'), over);
    expect(await refusalOf(() => encodeChunk(input))).toBe(code);
    expect(await refusalOf(() => encodeChunkAsync(input))).toBe(code);
  });
});
