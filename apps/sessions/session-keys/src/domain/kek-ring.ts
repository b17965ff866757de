import { createHash } from 'node:crypto';

/** A key-encryption key and what its wrappings say of it. */
export interface Kek {
  readonly id: string;
  readonly bytes: Buffer;
}

/** First 16 hex digits of SHA-256 over a label and the key: says which key it is and nothing about it. */
export const kekIdOf = (bytes: Buffer): string =>
  createHash('sha256').update('lucid-kek-id:').update(bytes).digest('hex').slice(0, 16);

/** The key-encryption keys of a deployment: one wraps, while keys are being changed a second one still unwraps. */
export class KekRing {
  readonly current: Kek;
  readonly previous: Kek | undefined;

  /** @param previousHex 64 hex digits; the same as the current one, or none, means that there is no second key */
  constructor(currentHex: string, previousHex?: string) {
    this.current = kek(currentHex);
    const previous = previousHex ? kek(previousHex) : undefined;
    this.previous = previous?.id === this.current.id ? undefined : previous;
  }

  get ids(): string[] {
    return this.previous ? [this.current.id, this.previous.id] : [this.current.id];
  }

  find(id: string): Kek | undefined {
    return [this.current, this.previous].find((known) => known?.id === id);
  }

  /** Overwrites both. */
  close(): void {
    this.current.bytes.fill(0);
    this.previous?.bytes.fill(0);
  }
}

function kek(hex: string): Kek {
  const bytes = Buffer.from(hex, 'hex');
  return { id: kekIdOf(bytes), bytes };
}
