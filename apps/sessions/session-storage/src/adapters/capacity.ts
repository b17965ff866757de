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

/** Keeps the running totals so that no request has to count. */
export class CapacityMeter {
  readonly #limits: CapacityLimits;
  #chunks = 0;
  #usedBytes = 0;

  constructor(limits: CapacityLimits, start: { chunks: number; bytes: number }) {
    this.#limits = limits;
    this.set(start);
  }

  set(totals: { chunks: number; bytes: number }): void {
    this.#chunks = totals.chunks;
    this.#usedBytes = totals.bytes;
  }

  added(sizeBytes: number): void {
    this.#chunks++;
    this.#usedBytes += sizeBytes;
  }

  async read(): Promise<Capacity> {
    const { folder, maxBytes, minFreeBytes } = this.#limits;
    const disk = await statfs(folder);
    const freeBytes = disk.bavail * disk.bsize;
    const isFull = this.#usedBytes >= maxBytes || freeBytes < minFreeBytes;
    return { chunks: this.#chunks, usedBytes: this.#usedBytes, freeBytes, capacityBytes: maxBytes, isFull };
  }
}
