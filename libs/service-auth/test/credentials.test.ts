import { createHash, generateKeyPairSync } from 'node:crypto';
import { seededRandom } from '@lucid/clock';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { describe, expect, it } from 'vitest';
import { generateServiceKey, loadServiceKey } from '../src/index.ts';
import { anIdentity, credentialsOf, stoppedClock } from './helpers.ts';

describe('a service key', () => {
  it('is named after the raw public key', () => {
    const { pem, kid, publicKeyBase64url } = generateServiceKey(seededRandom(1));
    const raw = Buffer.from(publicKeyBase64url, 'base64url');
    expect(raw).toHaveLength(32);
    expect(kid).toBe(createHash('sha256').update(raw).digest('base64url').slice(0, 16));
    expect(loadServiceKey(pem)).toMatchObject({ kid, publicKeyBase64url });
    expect(generateServiceKey().kid).not.toBe(kid);
  });

  it('is refused when it is anything but an Ed25519 private key, without quoting it', () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    for (const pem of ['PLANTED', rsa.export({ format: 'pem', type: 'pkcs8' }).toString()]) {
      expect(() => loadServiceKey(pem)).toThrow(
        /^the service key is not an Ed25519 private key in PKCS#8 PEM$/,
      );
    }
  });
});

describe('credentials', () => {
  it('name caller, instance, target and key, and live for 60 s', () => {
    const clock = stoppedClock();
    const identity = anIdentity('lucid-a');
    const token = credentialsOf(identity, clock).tokenFor('lucid-b');
    const iat = clock.nowMs() / 1000;
    expect(decodeProtectedHeader(token)).toEqual({ alg: 'EdDSA', typ: 'JWT', kid: identity.key.kid });
    expect(decodeJwt(token)).toMatchObject({
      iss: 'lucid-a',
      sub: 'lucid-a-1',
      aud: 'lucid-b',
      iat,
      exp: iat + 60,
    });
    expect(decodeJwt(token).jti).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('are reused per target for 30 s and renewed then, or when the clock was set back', () => {
    const clock = stoppedClock();
    const credentials = credentialsOf(anIdentity('lucid-a'), clock);
    const first = credentials.tokenFor('lucid-b');
    expect(credentials.tokenFor('lucid-c')).not.toBe(first);
    clock.advance(29_999);
    expect(credentials.tokenFor('lucid-b')).toBe(first);
    clock.advance(1);
    const second = credentials.tokenFor('lucid-b');
    expect(second).not.toBe(first);
    clock.advance(-10_000);
    expect(credentials.tokenFor('lucid-b')).not.toBe(second);
  });
});
