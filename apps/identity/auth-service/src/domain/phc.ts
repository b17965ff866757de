/** Cost of argon2id. */
export interface Argon2Cost {
  memoryKiB: number;
  passes: number;
  parallelism: number;
}

export interface Argon2Hash {
  cost: Argon2Cost;
  salt: Buffer;
  hash: Buffer;
}

/** OWASP Password Storage Cheat Sheet, argon2id: 19 MiB, 2 passes, 1 lane. */
export const ARGON2_COST: Argon2Cost = { memoryKiB: 19_456, passes: 2, parallelism: 1 };

const PATTERN = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

/** `$argon2id$v=19$m=19456,t=2,p=1$<salt>$<hash>`, base64 without padding (the PHC string format). */
export function formatPhc({ cost, salt, hash }: Argon2Hash): string {
  const { memoryKiB, passes, parallelism } = cost;
  return `$argon2id$v=19$m=${memoryKiB},t=${passes},p=${parallelism}$${unpadded(salt)}$${unpadded(hash)}`;
}

/** @throws Error when the text is no argon2id string; it never contains the text */
export function parsePhc(text: string): Argon2Hash {
  const [, memory, passes, parallelism, salt, hash] = PATTERN.exec(text) ?? [];
  if (!memory || !passes || !parallelism || !salt || !hash)
    throw new Error('a stored password hash is not an argon2id PHC string');
  return {
    cost: { memoryKiB: Number(memory), passes: Number(passes), parallelism: Number(parallelism) },
    salt: Buffer.from(salt, 'base64'),
    hash: Buffer.from(hash, 'base64'),
  };
}

const unpadded = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '');
