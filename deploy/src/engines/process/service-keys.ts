/**
 * One Ed25519 key per instance. The private half goes to that instance alone, the public halves of all into
 * one list that every callee reads (and reads again when it changes).
 */
import { createHash, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Home } from './home.ts';
import { writeFileAtomically } from './write-file.ts';

export interface ServiceKey {
  readonly kid: string;
  readonly service: string;
  readonly instance: string;
  /** The raw 32 bytes, base64url. */
  readonly public_key: string;
}

/** First 16 characters of the base64url SHA-256 of the raw public key. */
export function keyId(rawPublicKey: Uint8Array): string {
  return createHash('sha256').update(rawPublicKey).digest('base64url').slice(0, 16);
}

export function privateKeyFileOf(home: Home, instance: string): string {
  return join(home.secretsDir, 'instances', `${instance}.pem`);
}

/** Makes missing keys and publishes the list of exactly these instances. Keys of existing instances stay. */
export function publishServiceKeys(
  home: Home,
  instances: readonly { readonly id: string; readonly service: string }[],
): ServiceKey[] {
  const keys = instances.map(({ id, service }): ServiceKey => {
    const raw = rawPublicKey(ensureKey(privateKeyFileOf(home, id)));
    return { kid: keyId(raw), service, instance: id, public_key: raw.toString('base64url') };
  });
  writeFileAtomically(home.serviceKeysFile, `${JSON.stringify({ keys }, null, 2)}\n`, 0o644);
  return keys;
}

function ensureKey(path: string): KeyObject {
  if (!existsSync(path)) {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const { privateKey } = generateKeyPairSync('ed25519');
    writeFileAtomically(path, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
  }
  return createPublicKey(readFileSync(path, 'utf8'));
}

function rawPublicKey(key: KeyObject): Buffer {
  return Buffer.from(key.export({ format: 'jwk' }).x ?? '', 'base64url');
}
