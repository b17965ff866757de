import { generateKeyPairSync, hkdfSync, type KeyObject, randomUUID } from 'node:crypto';
import { signingKeyFromSeed } from '@lucid/ledger';
import { decodeJwt, decodeProtectedHeader, SignJWT } from 'jose';
import type { LucidSystem } from './system.ts';

/** Tokens made from a good one, each wrong in its own way. The auth service’s real key is derived as it derives it. */
export class BadTokens {
  readonly #good: string;
  readonly #key: KeyObject;

  constructor(system: LucidSystem, good: string) {
    const info = 'access-token-signing-key:ed25519:1';
    const seed = hkdfSync('sha256', system.secret('jwt-secret'), 'lucid-auth-service', info, 32);
    this.#good = good;
    this.#key = signingKeyFromSeed(Buffer.from(seed)).privateKey;
  }

  /** Signed as it should be: shows that the derived key is the right one, and the others are refused for their own fault. */
  genuine(): Promise<string> {
    return this.#sign({ jti: randomUUID() });
  }

  expired(): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    return this.#sign({ iat: now - 1000, nbf: now - 1000, exp: now - 60 });
  }

  async all(): Promise<Record<string, string>> {
    const [header = '', payload = '', signature = ''] = this.#good.split('.');
    const none = Buffer.from(JSON.stringify({ alg: 'none', typ: 'JWT' })).toString('base64url');
    const admin = Buffer.from(JSON.stringify({ ...decodeJwt(this.#good), role: 'super_admin' }));
    return {
      'no token at all, but a word': 'hello',
      'signed by a stranger': await this.#sign({}, generateKeyPairSync('ed25519').privateKey),
      'without a signature': `${none}.${payload}.`,
      'with another role under the old signature': `${header}.${admin.toString('base64url')}.${signature}`,
      'of another issuer': await this.#sign({ iss: 'somebody-else' }),
      'for another audience': await this.#sign({ aud: 'lucid-session-api' }),
      'of another type': await this.#sign({ type: 'refresh' }),
      'from the future': await this.#sign({ nbf: Math.floor(Date.now() / 1000) + 3600 }),
    };
  }

  #sign(changes: Record<string, unknown>, key: KeyObject = this.#key): Promise<string> {
    const { kid = '' } = decodeProtectedHeader(this.#good);
    return new SignJWT({ ...decodeJwt(this.#good), ...changes })
      .setProtectedHeader({ alg: 'EdDSA', typ: 'JWT', kid })
      .sign(key);
  }
}
