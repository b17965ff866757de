import { createHash } from 'node:crypto';
import { signingKeyFromSeed } from '@lucid/ledger';
import { MAX_LEAVES } from '@lucid/merkle';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type BuildManifestInput,
  buildManifest,
  type Manifest,
  ManifestError,
  manifestHash,
  type StoredChunk,
  signManifest,
  verifyManifest,
} from '../src/index.ts';

const key = signingKeyFromSeed('03'.repeat(32));
const other = signingKeyFromSeed('04'.repeat(32));
const SESSION = '3f2b8f0a-5a4e-4c1b-9a55-0d9c1f6f2a11';
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

const storedChunk = (sequence_number: number): StoredChunk => ({
  sequence_number,
  chunk_hash: sha256(`file ${sequence_number}`),
  size_bytes: 999 + sequence_number,
  plain_size: 1999 + sequence_number,
  plain_hash: sha256(`plain ${sequence_number}`),
  compression: 'zstd',
});
const storedChunks = (count: number): StoredChunk[] =>
  Array.from({ length: count }, (_, i) => storedChunk(i + 1));

const inputOf = (chunks: readonly StoredChunk[]): BuildManifestInput => ({
  manifest_id: '9d9a7e0e-2a53-4c7a-8a0e-0f8f6c1c3d55',
  session: {
    session_id: SESSION,
    owner_ref: sha256('owner'),
    started_at: '2026-01-02T03:00:00.000Z',
    ended_at: '2026-01-02T03:04:00.000Z',
  },
  chunks,
  encryption: { algorithm: 'HPKE-X25519-SHA256-AES256GCM', key_id: 'key-1' },
  compression: { algorithm: 'zstd', level: 3 },
  recorder_version: '0.1.0',
  codec_info: 'application/octet-stream',
  generated_at: '2026-01-02T03:05:00.000Z',
  generated_by: 'lucid-session-pipeline',
});

const manifest = buildManifest(inputOf(storedChunks(3)));
const signed = signManifest(manifest, key);
const codeOf = (act: () => unknown) => {
  try {
    act();
  } catch (error) {
    return error instanceof ManifestError ? error.code : error;
  }
  return 'nothing was thrown';
};

describe('manifest', () => {
  it('computes count, size and root, and lists the chunks by number', () => {
    expect(manifest).toMatchObject({ chunk_count: 3, total_size: 3003, network: 'lucid_blocks' });
    expect(manifest.chunks.map(({ index, chunk_id }) => [index, chunk_id])).toEqual([
      [1, `${SESSION}-chunk-000001`],
      [2, `${SESSION}-chunk-000002`],
      [3, `${SESSION}-chunk-000003`],
    ]);
  });

  it('has the same hash whatever order the chunks came in', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(storedChunks(12), { minLength: 12 }), (shuffled) => {
        expect(manifestHash(buildManifest(inputOf(shuffled)))).toBe(
          manifestHash(buildManifest(inputOf(storedChunks(12)))),
        );
      }),
    );
  });

  it('verifies after a round through JSON, by the keys it is to be trusted from', () => {
    const read = JSON.parse(JSON.stringify(signed));
    expect(verifyManifest(read)).toMatchObject({ ok: true, outcome: 'valid' });
    expect(verifyManifest(read, { trustedKeys: [other.publicKey, key.publicKey] }).outcome).toBe('valid');
    expect(verifyManifest(read, { trustedKeys: [other.publicKey] }).outcome).toBe('untrusted_key');
  });

  it('takes more than 10 000 chunks', () => {
    const large = signManifest(buildManifest(inputOf(storedChunks(12_000))), key);
    expect(verifyManifest(large)).toMatchObject({ ok: true, detail: '12000 chunks' });
  });

  it('leaves out what was not measured instead of calling it 0', () => {
    const [chunk] = buildManifest(
      inputOf([{ sequence_number: 1, chunk_hash: sha256('a'), size_bytes: 1, plain_size: 1 }]),
    ).chunks;
    expect(Object.keys(chunk ?? {})).toEqual(['index', 'chunk_id', 'size', 'plain_size', 'chunk_hash']);
  });

  it('is not made of no chunks, of gaps, of repetitions, or of malformed parts', () => {
    const chunks = storedChunks(4);
    expect(codeOf(() => buildManifest(inputOf([])))).toBe('no_chunks');
    for (let i = 0; i < 3; i++)
      expect(codeOf(() => buildManifest(inputOf(chunks.toSpliced(i, 1))))).toBe('chunk_gap');
    expect(codeOf(() => buildManifest(inputOf([...chunks, ...chunks.slice(2, 3)])))).toBe('chunk_repeated');
    expect(
      codeOf(() =>
        buildManifest(inputOf(chunks.map((c) => ({ ...c, sequence_number: c.sequence_number - 1 })))),
      ),
    ).toBe('chunk_gap');
    expect(codeOf(() => buildManifest(inputOf(chunks.map((c) => ({ ...c, chunk_hash: 'AB' })))))).toBe(
      'malformed',
    );
    expect(codeOf(() => buildManifest({ ...inputOf(chunks), generated_at: 'today' }))).toBe('malformed');
    const tooMany = Array<StoredChunk>(MAX_LEAVES + 1).fill(storedChunk(1));
    expect(codeOf(() => buildManifest(inputOf(tooMany)))).toBe('too_many_chunks');
  });

  const withBody = (over: Partial<Manifest>) => ({ ...signed, manifest: { ...manifest, ...over } });
  const resigned = (over: Partial<Manifest>) => signManifest({ ...manifest, ...over }, key);
  const [first, second, third] = manifest.chunks;
  it.each<[string, unknown, string]>([
    ['no value', undefined, 'malformed'],
    ['an unknown field', { ...signed, note: '' }, 'malformed'],
    ['text that has no canonical form', withBody({ codec_info: '\ud800' }), 'malformed'],
    ['another network', { ...signed, manifest: { ...manifest, network: 'tron' } }, 'malformed'],
    ['another owner', withBody({ owner_ref: sha256('thief') }), 'hash_mismatch'],
    ['another count', withBody({ chunk_count: 4 }), 'hash_mismatch'],
    ['another root', withBody({ merkle_root: sha256('') }), 'merkle_root_mismatch'],
    ['a dropped chunk', withBody({ chunks: manifest.chunks.slice(0, 2) }), 'merkle_root_mismatch'],
    [
      'another signature',
      { ...signed, signature: signManifest(manifest, other).signature },
      'signature_invalid',
    ],
    ['another key', { ...signed, public_key: other.publicKey }, 'signature_invalid'],
    ['another stated hash', { ...signed, manifest_hash: sha256('') }, 'hash_mismatch'],
    ['a wrong count, signed', resigned({ chunk_count: 4 }), 'inconsistent'],
    ['a wrong size, signed', resigned({ total_size: 1 }), 'inconsistent'],
    ['an end before the start, signed', resigned({ ended_at: '2026-01-01T00:00:00.000Z' }), 'inconsistent'],
    ['an unreal day, signed', resigned({ ended_at: '2026-02-30T00:00:00.000Z' }), 'inconsistent'],
    [
      'swapped indexes, signed',
      resigned({ chunks: [first, second, third].flatMap((c, i) => (c ? [{ ...c, index: 3 - i }] : [])) }),
      'inconsistent',
    ],
  ])('does not verify with %s', (_what, candidate, outcome) => {
    expect(verifyManifest(candidate)).toMatchObject({ ok: false, outcome });
  });
});
