// Real Ed25519, or something a thousand times faster that nobody in the simulation forges.
import { signHash, signingKeyFromSeed, verifyHash } from '@lucid/ledger';

export interface Identity {
  readonly validator: string;
  readonly public_key: string;
  readonly sign: (hashHex: string) => string;
}

export interface SignatureScheme {
  identity(index: number): Identity;
  verify(hashHex: string, signature: string, publicKey: string): boolean;
}

export const REAL: SignatureScheme = {
  identity(index) {
    const key = signingKeyFromSeed(hex(index + 1));
    return { validator: `n${index}`, public_key: key.publicKey, sign: (hash) => signHash(hash, key) };
  },
  verify: verifyHash,
};

/** The signature is the hash and the key, in the form of a real one. The adversary writes only its own key there. */
export const FAST: SignatureScheme = {
  identity(index) {
    const publicKey = hex(index + 1);
    return { validator: `n${index}`, public_key: publicKey, sign: (hash) => hash + publicKey };
  },
  verify: (hash, signature, publicKey) => signature === hash + publicKey,
};

function hex(value: number): string {
  return value.toString(16).padStart(64, '0');
}
