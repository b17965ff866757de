import { createHash, decapsulate } from 'node:crypto';
import { privateKeyFrom } from '../src/hpke/x25519.ts';
import { ChunkCodecError, publicKeyOf, recipientFrom } from '../src/index.ts';

/** Bytes that look random and are the same in every run. */
export function seededRandomBytes(seed: number) {
  let calls = 0;
  return (size: number): Buffer => {
    calls += 1;
    return createHash('shake256', { outputLength: size }).update(`${seed}:${calls}`).digest();
  };
}

export const SESSION_ID = '3f2b8f0a-5a4e-4c1b-9a55-0d9c1f6f2a11';
export const PRIVATE_KEY = seededRandomBytes(1)(32);
export const RECIPIENT = recipientFrom(publicKeyOf(PRIVATE_KEY));
export const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** The shared secret that the holder of the private key finds. */
export const decapsulateWith = (privateKey: Uint8Array, enc: Buffer): Buffer =>
  decapsulate(privateKeyFrom(privateKey), enc);

/** The code of the refusal, or what happened instead. */
export async function refusalOf(act: () => unknown): Promise<unknown> {
  try {
    await act();
  } catch (error) {
    return error instanceof ChunkCodecError ? error.code : error;
  }
  return 'nothing was thrown';
}
