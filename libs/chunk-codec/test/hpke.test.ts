import { createCipheriv } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type Aead, keySchedule } from '../src/hpke/key-schedule.ts';
import { encapsulate, encapsulateFrom, publicKeyOf, recipientFrom } from '../src/index.ts';
import { decapsulateWith, refusalOf, seededRandomBytes } from './support.ts';

const hex = (text: string) => Buffer.from(text, 'hex');

interface Vector {
  readonly aead: Aead;
  readonly ikmE: string;
  readonly skRm: string;
  readonly pkRm: string;
  readonly enc: string;
  readonly shared_secret: string;
  readonly key: string;
  readonly base_nonce: string;
  /** Of sequence number 0. */
  readonly ct: string;
}

/**
 * Base mode of RFC 9180, appendix A.1.1 and A.2.1. The appendix has none with AES-256-GCM, so the cipher is a parameter
 * here: KEM, key schedule and labels are checked to the byte, and `openIndependently` checks the suite that is used.
 */
const INFO = hex('4f6465206f6e2061204772656369616e2055726e');
const PLAINTEXT = Buffer.from('Beauty is truth, truth beauty');
const AAD = Buffer.from('Count-0');
const VECTORS: Record<string, Vector> = {
  'A.1.1, AES-128-GCM': {
    aead: { id: 1, cipher: 'aes-128-gcm', keyBytes: 16 },
    ikmE: '7268600d403fce431561aef583ee1613527cff655c1343f29812e66706df3234',
    skRm: '4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8',
    pkRm: '3948cfe0ad1ddb695d780e59077195da6c56506b027329794ab02bca80815c4d',
    enc: '37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431',
    shared_secret: 'fe0e18c9f024ce43799ae393c7e8fe8fce9d218875e8227b0187c04e7d2ea1fc',
    key: '4531685d41d65f03dc48f6b8302c05b0',
    base_nonce: '56d890e5accaaf011cff4b7d',
    ct: 'f938558b5d72f1a23810b4be2ab4f84331acc02fc97babc53a52ae8218a355a96d8770ac83d07bea87e13c512a',
  },
  'A.2.1, ChaCha20-Poly1305': {
    aead: { id: 3, cipher: 'chacha20-poly1305', keyBytes: 32 },
    ikmE: '909a9b35d3dc4713a5e72a4da274b55d3d3821a37e5d099e74a647db583a904b',
    skRm: '8057991eef8f1f1af18f4a9491d16a1ce333f695d4db8e38da75975c4478e0fb',
    pkRm: '4310ee97d88cc1f088a5576c77ab0cf5c3ac797f3d95139c6c84b5429c59662a',
    enc: '1afa08d3dec047a643885163f1180476fa7ddb54c6a8029ea33f95796bf2ac4a',
    shared_secret: '0bbe78490412b4bbea4812666f7916932b828bba79942424abb65244930d69a7',
    key: 'ad2744de8e17f4ebba575b3f5f5a8fa1f69c2a07f6e7500bc60ca6e3e3ec1c91',
    base_nonce: '5c4d98150661b848853b547f',
    ct: '1c5250d8034ec2b784ba2cfd69dbdb8af406cfe3ff938e131f0def8c8b60b4db21993c62ce81883d2dd1b51a28',
  },
};

describe.each(Object.entries(VECTORS))('HPKE of RFC 9180, %s', (_name, vector) => {
  it('makes the same ephemeral key and shared secret', () => {
    expect(publicKeyOf(hex(vector.skRm)).toString('hex')).toBe(vector.pkRm);
    const { enc, sharedSecret } = encapsulateFrom(() => hex(vector.ikmE))(recipientFrom(hex(vector.pkRm)));
    expect(enc.toString('hex')).toBe(vector.enc);
    expect(sharedSecret.toString('hex')).toBe(vector.shared_secret);
  });

  it('finds that secret again with the private key', () => {
    expect(decapsulateWith(hex(vector.skRm), hex(vector.enc)).toString('hex')).toBe(vector.shared_secret);
  });

  it('derives the same key and nonce, and so the same ciphertext', () => {
    const { aead } = vector;
    const { key, nonce } = keySchedule(hex(vector.shared_secret), INFO, aead);
    expect([key.toString('hex'), nonce.toString('hex')]).toEqual([vector.key, vector.base_nonce]);
    const cipher = createCipheriv(aead.cipher as 'aes-128-gcm', key, nonce, { authTagLength: 16 });
    cipher.setAAD(AAD, { plaintextLength: PLAINTEXT.length });
    const sealed = Buffer.concat([cipher.update(PLAINTEXT), cipher.final(), cipher.getAuthTag()]);
    expect(sealed.toString('hex')).toBe(vector.ct);
  });
});

describe('the public key of a session', () => {
  it('shares a secret with its private half, whoever makes it', () => {
    const privateKey = seededRandomBytes(21)(32);
    const recipient = recipientFrom(publicKeyOf(privateKey));
    for (const make of [encapsulate, encapsulateFrom(seededRandomBytes(22))]) {
      const { enc, sharedSecret } = make(recipient);
      expect(decapsulateWith(privateKey, enc).equals(sharedSecret)).toBe(true);
    }
  });

  // The points of small order of Curve25519 (RFC 7748, section 6.1: they give a shared secret of zeros), and 2^255 - 19 + 0, 1.
  it.each([
    '0000000000000000000000000000000000000000000000000000000000000000',
    '0100000000000000000000000000000000000000000000000000000000000000',
    'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
    '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
    'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  ])('is never the point of low order %s', async (point) => {
    expect(await refusalOf(() => recipientFrom(hex(point)))).toBe('bad_public_key');
  });

  it.each([0, 31, 33])('is never %i bytes', async (size) => {
    expect(await refusalOf(() => recipientFrom(Buffer.alloc(size, 9)))).toBe('bad_public_key');
  });
});
