import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  generateSigningKey,
  LedgerError,
  privateKeyPem,
  signHash,
  signingKeyFromPem,
  signingKeyFromSeed,
  verifyHash,
} from '../src/index.ts';
import { keyA, keyB } from './support.ts';

const HASH = 'ab'.repeat(32);

describe('ed25519', () => {
  it('derives the known public key of RFC 8032, test 1', () => {
    const key = signingKeyFromSeed('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60');
    expect(key.publicKey).toBe('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a');
  });

  it('verifies what it signed, and nothing else', () => {
    const seeds = fc.uint8Array({ minLength: 32, maxLength: 32 });
    fc.assert(
      fc.property(seeds, seeds, (seed, raw) => {
        const key = signingKeyFromSeed(seed);
        const hash = Buffer.from(raw).toString('hex');
        const signature = signHash(hash, key);
        expect(verifyHash(hash, signature, key.publicKey)).toBe(true);
        expect(verifyHash(hash, signature, keyB.publicKey)).toBe(false);
        expect(verifyHash(HASH, signature, key.publicKey)).toBe(hash === HASH);
        expect(
          verifyHash(
            hash,
            signature.replace(/^./, (c) => (c === '0' ? '1' : '0')),
            key.publicKey,
          ),
        ).toBe(false);
      }),
      { numRuns: 30 },
    );
  });

  it('comes back from PEM as the same key', () => {
    const copy = signingKeyFromPem(privateKeyPem(keyA));
    expect(copy.publicKey).toBe(keyA.publicKey);
    expect(signHash(HASH, copy)).toBe(signHash(HASH, keyA));
  });

  it('makes a new key from the randomness it is given', () => {
    expect(generateSigningKey((size) => Buffer.alloc(size, 1)).publicKey).toBe(keyA.publicKey);
  });

  it('refuses texts that are no key, without repeating them', () => {
    for (const pem of ['', 'secret words', privateKeyPem(keyA).slice(0, 60)]) {
      expect(() => signingKeyFromPem(pem)).toThrow(
        new LedgerError('bad_key', 'the text is no Ed25519 private key in PKCS#8 PEM'),
      );
    }
    for (const seed of ['', '01', Buffer.alloc(31)])
      expect(() => signingKeyFromSeed(seed)).toThrow(LedgerError);
    expect(() => signHash('abc', keyA)).toThrow(LedgerError);
  });

  it('calls malformed input wrong instead of throwing', () => {
    const signature = signHash(HASH, keyA);
    expect(verifyHash('', signature, keyA.publicKey)).toBe(false);
    expect(verifyHash(HASH, '', keyA.publicKey)).toBe(false);
    expect(verifyHash(HASH, signature.toUpperCase(), keyA.publicKey)).toBe(false);
    expect(verifyHash(HASH, signature, 'zz')).toBe(false);
    expect(verifyHash(HASH, signature, 'ff'.repeat(32))).toBe(false);
  });

  // Points of small order: with such a key, R = B (the base point) and S = 1 would satisfy the equation for any message.
  it.each([
    '0000000000000000000000000000000000000000000000000000000000000000',
    '0100000000000000000000000000000000000000000000000000000000000000',
    '0100000000000000000000000000000000000000000000000000000000000080',
    'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
    'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  ])('accepts no universal signature under the small-order key %s', (publicKey) => {
    const basePoint = `58${'66'.repeat(31)}`;
    const signatures = [
      `${basePoint}01${'00'.repeat(31)}`,
      publicKey + '00'.repeat(32),
      `01${'00'.repeat(63)}`,
    ];
    for (let i = 0; i < 32; i++) {
      const hash = i.toString(16).padStart(64, '0');
      for (const signature of signatures) expect(verifyHash(hash, signature, publicKey)).toBe(false);
    }
  });

  it('goes on verifying when more keys come than it remembers', () => {
    const signature = signHash(HASH, keyA);
    for (let i = 0; i < 1100; i++) verifyHash(HASH, signature, i.toString(16).padStart(64, '2'));
    expect(verifyHash(HASH, signature, keyA.publicKey)).toBe(true);
  });
});
