import { statfs } from 'node:fs/promises';

export interface Capacity {
  chunks: number;
  usedBytes: number;
  freeBytes: number;
  capacityBytes: number;
  isFull: boolean;
}

export interface CapacityLimits {
  folder: string;
  maxBytes: number;
  minFreeBytes: number;
}

export interface Totals {
  chunks: number;
  bytes: number;
}

/**
 * Keeps the running totals so that no request has to count. Other instances store and delete too: `set` is called with
 * what the records say from time to time.
 */
export class CapacityMeter {
  readonly #limits: CapacityLimits;
  readonly #onChange: (totals: Totals) => void;
  #totals: Totals = { chunks: 0, bytes: 0 };

  constructor(limits: CapacityLimits, onChange: (totals: Totals) => void = () => undefined) {
    this.#limits = limits;
    this.#onChange = onChange;
  }

  set(totals: Totals): void {
    this.#totals = totals;
    this.#onChange(totals);
  }

  added(sizeBytes: number): void {
    const { chunks, bytes } = this.#totals;
    this.set({ chunks: chunks + 1, bytes: bytes + sizeBytes });
  }

  removed(gone: Totals): void {
    const { chunks, bytes } = this.#totals;
    this.set({ chunks: Math.max(0, chunks - gone.chunks), bytes: Math.max(0, bytes - gone.bytes) });
  }

  async read(): Promise<Capacity> {
    const { folder, maxBytes, minFreeBytes } = this.#limits;
    const { chunks, bytes } = this.#totals;
    const disk = await statfs(folder);
    const freeBytes = disk.bavail * disk.bsize;
    const isFull = bytes >= maxBytes || freeBytes < minFreeBytes;
    return { chunks, usedBytes: bytes, freeBytes, capacityBytes: maxBytes, isFull };
  }
}
