import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commonErrors, type ErrorFactory } from '@lucid/errors';
import { SignJWT } from 'jose';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createVerifier, loadServiceKey, type Verifier } from '../src/index.ts';
import { anIdentity, credentialsOf, type Identity, stoppedClock, writeKeyList } from './helpers.ts';

vi.mock('node:fs/promises', { spy: true });

const a = anIdentity('lucid-a');
const stranger = anIdentity('lucid-stranger');
let clock: ReturnType<typeof stoppedClock>;
let folder: string;
let keysFile: string;
let verifier: Verifier;
let problems: unknown[];

beforeEach(() => {
  clock = stoppedClock();
  folder = mkdtempSync(join(tmpdir(), 'lucid-service-auth-'));
  keysFile = join(folder, 'keys.json');
  writeKeyList(keysFile, [a, stranger]);
  problems = [];
  verifier = createVerifier({
    serviceName: 'lucid-b',
    keysFile,
    allowedCallers: ['lucid-a'],
    clock,
    onError: (error) => problems.push(error),
  });
  vi.mocked(fs.readFile).mockClear();
});
afterEach(() => rmSync(folder, { recursive: true }));

const tokenOf = (identity: Identity, target = 'lucid-b') => credentialsOf(identity, clock).tokenFor(target);
const check = (token: string) => verifier.verify(`Bearer ${token}`);
const refused = (call: Promise<unknown>, error: ErrorFactory) =>
  expect(call).rejects.toMatchObject({ name: 'ServiceError', code: error.code });

/** A token with anything in it, signed with a key of the list. */
function forge(claims: Record<string, unknown>, header: { kid?: string; signer?: Identity } = {}) {
  const iat = clock.nowMs() / 1000;
  const { signer = a, kid = signer.key.kid } = header;
  return new SignJWT({ iss: 'lucid-a', sub: 'lucid-a-1', aud: 'lucid-b', iat, exp: iat + 60, ...claims })
    .setProtectedHeader({ alg: 'EdDSA', kid })
    .sign(loadServiceKey(signer.key.pem).privateKey);
}

describe('the verifier', () => {
  it('tells which instance of which service calls', async () => {
    await expect(check(tokenOf(a))).resolves.toEqual({ service: 'lucid-a', instance: 'lucid-a-1' });
    await expect(check(await forge({}))).resolves.toEqual({ service: 'lucid-a', instance: 'lucid-a-1' });
  });

  it('takes a shared key for every instance of its service that gives its name, and for no other service', async () => {
    writeKeyList(keysFile, [{ ...a, instance: '*' }, stranger]);
    const shared = createVerifier({ serviceName: 'lucid-b', keysFile, allowedCallers: ['lucid-a'], clock });
    const instanceOf = async (claims: Record<string, unknown>) =>
      (await shared.verify(`Bearer ${await forge(claims)}`)).instance;
    await expect(instanceOf({ sub: 'lucid-a-7' })).resolves.toBe('lucid-a-7');
    await expect(instanceOf({ sub: 'lucid-a-8' })).resolves.toBe('lucid-a-8');
    for (const claims of [{ sub: '' }, { sub: 'x'.repeat(256) }, { iss: 'lucid-stranger' }])
      await refused(instanceOf(claims), commonErrors.TOKEN_INVALID);
  });

  it('demands a bearer token', async () => {
    for (const header of [undefined, '', 'Basic abc', 'Bearer', 'Bearer '])
      await refused(verifier.verify(header), commonErrors.BAD_CREDENTIALS);
  });

  it('refuses a service that the topology does not let call', async () => {
    await refused(check(tokenOf(stranger)), commonErrors.CALLER_NOT_ALLOWED);
  });

  it('refuses a token for another service', async () => {
    await refused(check(tokenOf(a, 'lucid-c')), commonErrors.TOKEN_INVALID);
    await refused(check(await forge({ aud: ['lucid-b', 'lucid-c'] })), commonErrors.TOKEN_INVALID);
  });

  it('refuses every changed character of a token', async () => {
    const token = tokenOf(a);
    for (let at = 0; at < token.length - 1; at += 7) {
      const other = token[at] === 'A' ? 'B' : 'A';
      await refused(check(token.slice(0, at) + other + token.slice(at + 1)), commonErrors.TOKEN_INVALID);
    }
  });

  it('refuses a key that belongs to another service or instance than the token says', async () => {
    await refused(check(await forge({ iss: 'lucid-a' }, { signer: stranger })), commonErrors.TOKEN_INVALID);
    await refused(check(await forge({}, { kid: a.key.kid, signer: stranger })), commonErrors.TOKEN_INVALID);
    await refused(check(await forge({ sub: 'lucid-a-2' })), commonErrors.TOKEN_INVALID);
  });

  it('refuses other algorithms, missing claims and nonsense', async () => {
    const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const [, claims] = tokenOf(a).split('.');
    const secret = Buffer.from(a.key.publicKeyBase64url, 'base64url');
    const hmac = new SignJWT({ iss: 'lucid-a', sub: 'lucid-a-1', aud: 'lucid-b' })
      .setProtectedHeader({ alg: 'HS256', kid: a.key.kid })
      .setIssuedAt(clock.nowMs() / 1000)
      .setExpirationTime(clock.nowMs() / 1000 + 60)
      .sign(secret);
    const tokens = [
      await hmac,
      `${part({ alg: 'none', kid: a.key.kid })}.${claims}.`,
      await forge({ exp: undefined }),
      await forge({ iat: undefined }),
      'x',
      '..',
      'x'.repeat(5000),
    ];
    for (const token of tokens) await refused(check(token), commonErrors.TOKEN_INVALID);
  });

  it('refuses tokens from the future and tokens that would live too long', async () => {
    const now = clock.nowMs() / 1000;
    await expect(check(await forge({ iat: now + 5, exp: now + 60 }))).resolves.toBeDefined();
    await refused(check(await forge({ iat: now + 6, exp: now + 60 })), commonErrors.TOKEN_INVALID);
    await expect(check(await forge({ exp: now + 300 }))).resolves.toBeDefined();
    await refused(check(await forge({ exp: now + 301 })), commonErrors.TOKEN_INVALID);
  });

  it('refuses an expired token, seen before or not', async () => {
    const token = tokenOf(a);
    const unseen = tokenOf(a);
    await check(token);
    clock.advance(59_999);
    await check(token);
    clock.advance(1);
    await refused(check(token), commonErrors.TOKEN_EXPIRED);
    await refused(check(token), commonErrors.TOKEN_EXPIRED);
    await refused(check(unseen), commonErrors.TOKEN_EXPIRED);
  });
});

describe('the key list', () => {
  it('is read anew at once for a new instance and within a second for one that was taken off', async () => {
    const token = tokenOf(a);
    await check(token);
    const second = anIdentity('lucid-a', 2);
    writeKeyList(keysFile, [a, second, stranger]);
    clock.advance(100);
    await expect(check(tokenOf(second))).resolves.toEqual({ service: 'lucid-a', instance: 'lucid-a-2' });
    writeKeyList(keysFile, [second]);
    clock.advance(1000);
    await refused(check(token), commonErrors.TOKEN_INVALID);
    await expect(check(tokenOf(second))).resolves.toBeDefined();
  });

  it('is not read more than once a second however many unknown keys are named', async () => {
    await check(tokenOf(a));
    expect(fs.readFile).toHaveBeenCalledTimes(1);
    const unknown = tokenOf(anIdentity('lucid-a', 9));
    for (let round = 0; round < 20; round++) {
      clock.advance(100);
      await Promise.all(
        Array.from({ length: 50 }, () => refused(check(unknown), commonErrors.TOKEN_INVALID)),
      );
    }
    expect(vi.mocked(fs.readFile).mock.calls.length).toBeLessThanOrEqual(3);
  });

  it('stays in force while its file is broken or gone, and the problem is reported', async () => {
    await check(tokenOf(a));
    writeFileSync(keysFile, '{"keys":[{"kid":"x"}]}');
    clock.advance(1000);
    await expect(check(tokenOf(a))).resolves.toBeDefined();
    rmSync(keysFile);
    clock.advance(1000);
    await expect(check(tokenOf(a))).resolves.toBeDefined();
    expect(problems).toHaveLength(2);
  });

  it('must have been read once before anybody is let in', async () => {
    rmSync(keysFile);
    await refused(check(tokenOf(a)), commonErrors.UNAVAILABLE);
    writeKeyList(keysFile, [a]);
    await expect(check(tokenOf(a))).resolves.toBeDefined();
  });

  it('is refused whole when a key does not fit its kid', async () => {
    writeKeyList(keysFile, [{ ...a, key: { ...a.key, kid: stranger.key.kid } }]);
    await refused(check(tokenOf(a)), commonErrors.UNAVAILABLE);
  });
});
