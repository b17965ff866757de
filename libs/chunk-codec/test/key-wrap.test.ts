import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unwrapKey, wrapKey } from '../src/index.ts';
import { PRIVATE_KEY, refusalOf, SESSION_ID, seededRandomBytes } from './support.ts';

const kek = seededRandomBytes(11)(32);
const place = { keyId: 'key-1', sessionId: SESSION_ID };
const wrapped = wrapKey({ ...place, privateKey: PRIVATE_KEY, kek, randomBytes: seededRandomBytes(12) });

describe('key wrap', () => {
  it('gives back every key', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), fc.nat(), (privateKey, seed) => {
        const text = wrapKey({ ...place, privateKey, kek, randomBytes: seededRandomBytes(seed) });
        expect(text).toMatch(/^lucid-key:v2:[\w-]{80}$/);
        expect(unwrapKey({ ...place, wrapped: text, kek }).equals(privateKey)).toBe(true);
      }),
    );
  });

  it('does not contain the key', () => {
    const bytes = Buffer.from(wrapped.slice('lucid-key:v2:'.length), 'base64url');
    expect(bytes.indexOf(PRIVATE_KEY.subarray(0, 8))).toBe(-1);
  });

  it.each([
    ['another session', { sessionId: 'other' }],
    ['another key id', { keyId: 'key-2' }],
    ['another key-encryption key', { kek: Buffer.alloc(32) }],
    ['an altered text', { wrapped: wrapped.replace(/.{4}$/, 'AAAA') }],
  ])('does not open for %s', async (_what, over) => {
    expect(await refusalOf(() => unwrapKey({ ...place, wrapped, kek, ...over }))).toBe(
      'authentication_failed',
    );
  });

  it.each([
    ['an unknown version', wrapped.replace('v2', 'v1')],
    ['a missing prefix', wrapped.slice(13)],
    ['a cut text', wrapped.slice(0, -1)],
    ['stray characters', `${wrapped}=`],
    ['nothing', ''],
  ])('refuses %s', async (_what, text) => {
    expect(await refusalOf(() => unwrapKey({ ...place, wrapped: text, kek }))).toBe('malformed_wrapped_key');
  });

  it('refuses keys and ids of the wrong shape', async () => {
    const input = { ...place, privateKey: PRIVATE_KEY, kek, randomBytes: seededRandomBytes(1) };
    expect(await refusalOf(() => wrapKey({ ...input, privateKey: Buffer.alloc(31) }))).toBe('bad_key_size');
    expect(await refusalOf(() => wrapKey({ ...input, kek: Buffer.alloc(33) }))).toBe('bad_key_size');
    expect(await refusalOf(() => wrapKey({ ...input, keyId: 'a|b' }))).toBe('bad_identity');
    expect(await refusalOf(() => wrapKey({ ...input, randomBytes: () => Buffer.alloc(2) }))).toBe(
      'bad_random_size',
    );
  });
});
