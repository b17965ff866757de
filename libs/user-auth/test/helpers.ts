import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { seededRandom } from '@lucid/clock';
import type { Revocation } from '@lucid/contracts';
import { silentLogger } from '@lucid/logging';
import { Registry } from '@lucid/metrics';
import { FakeClock } from '@lucid/testing';
import { SignJWT } from 'jose';
import { createUserVerifier } from '../src/index.ts';

export const USER_ID = '11111111-1111-4111-8111-111111111111';
export const LOGIN_SESSION_ID = '22222222-2222-4222-8222-222222222222';

export interface SigningKey {
  kid: string;
  privateKey: KeyObject;
  jwk: Record<string, unknown>;
}

export function aKey(kid: string): SigningKey {
  const seed = seededRandom(kid).bytes(32);
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const jwk = { ...createPublicKey(privateKey).export({ format: 'jwk' }), kid, use: 'sig', alg: 'EdDSA' };
  return { kid, privateKey, jwk };
}

/** An auth service that can be told what to answer, or to fail. */
export class FakeAuthService {
  keys: SigningKey[] = [aKey('first')];
  revocations: Revocation[] = [];
  isDown = false;
  keyRequests = 0;
  cursors: (string | undefined)[] = [];

  readonly client = {
    jwks: async () => {
      this.keyRequests++;
      if (this.isDown) throw new Error('down');
      return answer({ keys: this.keys.map(({ jwk }) => jwk) });
    },
    listRevocations: async ({ query }: { query?: { after?: string } }) => {
      if (this.isDown) throw new Error('down');
      this.cursors.push(query?.after);
      const from = Number(query?.after ?? 0);
      const page = this.revocations.slice(from, from + 1000);
      return answer({ revocations: page, cursor: String(from + page.length) });
    },
  };
}

const answer = <Body>(body: Body) => ({ status: 200, headers: {}, body, bytes: undefined as never });

export function setup() {
  const clock = new FakeClock();
  const auth = new FakeAuthService();
  const registry = new Registry();
  const users = createUserVerifier({ client: auth.client, clock, logger: silentLogger(), registry });
  return { clock, auth, registry, users };
}

export interface TokenOptions {
  key?: SigningKey;
  claims?: Record<string, unknown>;
  nowMs: number;
  lifetimeS?: number;
}

export async function bearer({
  key = aKey('first'),
  claims = {},
  nowMs,
  lifetimeS = 900,
}: TokenOptions): Promise<string> {
  const now = Math.floor(nowMs / 1000);
  const all = {
    jti: 'one',
    sub: USER_ID,
    sid: LOGIN_SESSION_ID,
    role: 'user',
    ver: 0,
    type: 'access',
    iss: 'lucid-auth-service',
    aud: 'lucid',
    iat: now,
    nbf: now,
    exp: now + lifetimeS,
    ...claims,
  };
  const token = await new SignJWT(all)
    .setProtectedHeader({ alg: 'EdDSA', kid: key.kid })
    .sign(key.privateKey);
  return `Bearer ${token}`;
}
