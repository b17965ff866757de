import { verify as bareVerify, createPublicKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto';

/** Signatures over 32 bytes, as the chain has them. @returns checks all of them by `node:crypto` alone */
export function bareSignatures(count: number): () => void {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const key = createPublicKey(publicKey.export({ format: 'pem', type: 'spki' }));
  const signed = Array.from({ length: count }, () => {
    const hash = randomBytes(32);
    return { hash, signature: sign(null, hash, privateKey) };
  });
  return () => {
    for (const { hash, signature } of signed)
      if (!bareVerify(null, hash, key, signature)) throw new Error('a bare signature is refused');
  };
}
