import { SIGNATURE_BYTES } from './chain-job.ts';

/** A signature over a hash, all lower-case hex as the ledger's schemas want it. */
export interface SignatureToCheck {
  hash: string;
  signature: string;
  publicKey: string;
}

const HEX = /^[0-9a-f]+$/;

/** Whether it can be put into bytes at all; what cannot does not hold. */
export const isWellFormed = ({ hash, signature, publicKey }: SignatureToCheck): boolean =>
  hash.length === 64 &&
  signature.length === 128 &&
  publicKey.length === 64 &&
  HEX.test(hash) &&
  HEX.test(signature) &&
  HEX.test(publicKey);

/** Of well-formed ones only. */
export function packSignatures(list: readonly SignatureToCheck[]): Uint8Array {
  const bytes = Buffer.allocUnsafeSlow(list.length * SIGNATURE_BYTES);
  for (const [index, { hash, signature, publicKey }] of list.entries()) {
    const at = index * SIGNATURE_BYTES;
    bytes.write(hash, at, 'hex');
    bytes.write(signature, at + 32, 'hex');
    bytes.write(publicKey, at + 96, 'hex');
  }
  return bytes;
}
