import { createPublicKey, type KeyObject } from 'node:crypto';
import { kidOf } from './service-key.ts';

/** A public key of the deployment and whose it is. */
export interface KnownKey {
  readonly kid: string;
  readonly service: string;
  /** `*` where all instances of the service share one key, as replicas of a container service do. */
  readonly instance: string;
  readonly publicKey: KeyObject;
}

/**
 * Reads `{keys: [{kid, service, instance, public_key}]}`; `public_key` is base64url of the raw 32 bytes.
 * @throws Error when an entry is malformed or its kid is not that of its key
 */
export function parseKeyList(text: string): ReadonlyMap<string, KnownKey> {
  const parsed: unknown = JSON.parse(text);
  const keys = isRecord(parsed) ? parsed.keys : undefined;
  if (!Array.isArray(keys)) throw new Error('the key list has no array "keys"');
  return new Map(keys.map(parseEntry).map((key) => [key.kid, key]));
}

function parseEntry(entry: unknown, index: number): KnownKey {
  const { kid, service, instance, public_key: x } = isRecord(entry) ? entry : {};
  if (!isText(kid) || !isText(service) || !isText(instance) || !isText(x))
    throw new Error(`entry ${index} of the key list lacks kid, service, instance or public_key`);
  const raw = Buffer.from(x, 'base64url');
  if (raw.length !== 32 || kidOf(raw) !== kid)
    throw new Error(`entry ${index} of the key list (${service}) does not fit its kid`);
  const publicKey = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  return { kid, service, instance, publicKey };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
