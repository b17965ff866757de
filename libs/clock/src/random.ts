import { createHash, randomBytes, randomUUID } from 'node:crypto';

/** The only source of randomness and of ids. */
export interface Random {
  bytes(sizeBytes: number): Buffer;
  /** A version-4 UUID. */
  uuid(): string;
  /** A number in [0, 1). */
  fraction(): number;
}

export const systemRandom: Random = {
  bytes: (sizeBytes) => randomBytes(sizeBytes),
  uuid: () => randomUUID(),
  fraction: () => randomBytes(6).readUIntBE(0, 6) / 2 ** 48,
};

/**
 * A reproducible source for tests and simulations: SHA-256 in counter mode over the seed. Never for keys.
 * @param seed printed by whoever uses it, so that a failing run can be repeated
 */
export function seededRandom(seed: number | string): Random {
  let counter = 0;
  const block = (): Buffer => createHash('sha256').update(`${seed}:${counter++}`).digest();
  const bytes = (sizeBytes: number): Buffer => {
    const blocks = Array.from({ length: Math.ceil(sizeBytes / 32) }, block);
    return Buffer.concat(blocks).subarray(0, sizeBytes);
  };
  return {
    bytes,
    fraction: () => bytes(6).readUIntBE(0, 6) / 2 ** 48,
    uuid: () => {
      const raw = bytes(16);
      raw[6] = ((raw[6] ?? 0) & 0x0f) | 0x40;
      raw[8] = ((raw[8] ?? 0) & 0x3f) | 0x80;
      const hex = raw.toString('hex');
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
    },
  };
}
