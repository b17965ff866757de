import { createPrivateKey, createPublicKey } from 'node:crypto';
import type { DerivedFormat, SecretFormat } from '../../model/types.ts';

/** What others may know of a validator, with the values of its secrets put in. */
export interface KnownValidator {
  /** Ed25519 seed, 64 hex digits. */
  readonly seed: string;
  readonly nodeId: string;
  readonly url: string;
  readonly service: string;
}

/** RFC 8410: what stands before the 32 bytes of an Ed25519 seed in PKCS#8. */
const SEED_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

const MAKERS: Readonly<Record<DerivedFormat, (validators: readonly KnownValidator[]) => object[]>> = {
  'bootstrap-validators': (validators) =>
    validators.map(({ nodeId, seed }) => ({ validator: nodeId, public_key: publicKeyOf(seed) })),
  'validator-peers': (validators) =>
    validators.map(({ nodeId, url, service }) => ({ validator: nodeId, url, service })),
};

export function isDerived(format: SecretFormat): format is DerivedFormat {
  return Object.hasOwn(MAKERS, format);
}

/** The text of a secret that follows from others, as the blockchain engine reads it: JSON, in the order of the validators. */
export function derivedSecret(format: DerivedFormat, validators: readonly KnownValidator[]): string {
  return JSON.stringify(MAKERS[format](validators));
}

/** The raw 32 bytes, hex, as a genesis block lists them. */
function publicKeyOf(seed: string): string {
  const der = Buffer.concat([SEED_PREFIX, Buffer.from(seed, 'hex')]);
  const { x = '' } = createPublicKey(createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })).export({
    format: 'jwk',
  });
  return Buffer.from(x, 'base64url').toString('hex');
}
