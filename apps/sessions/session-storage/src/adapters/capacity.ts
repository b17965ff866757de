import { statfs } from 'node:fs/promises';
import { type CapacityLevel, type CapacityMarks, capacityLevel, hasRoom } from '../domain/capacity-level.ts';
import type { Place } from '../domain/chunk-place.ts';
import { errors } from '../errors.ts';

export interface Totals {
  chunks: number;
  bytes: number;
  /** Of these, what is in the archive. */
  archivedChunks: number;
  archivedBytes: number;
}

export const NOTHING: Totals = { chunks: 0, bytes: 0, archivedChunks: 0, archivedBytes: 0 };

export interface Capacity extends Totals {
  freeBytes: number;
  capacityBytes: number;
  level: CapacityLevel;
  isFull: boolean;
}

export interface CapacityLimits extends CapacityMarks {
  folder: string;
  minFreeBytes: number;
}

/**
 * Keeps the running totals so that no request has to count. Other instances store and delete too: `set` is called with
 * what the records say from time to time.
 */
export class CapacityMeter {
  readonly #limits: CapacityLimits;
  readonly #onChange: (totals: Totals) => void;
  #totals = NOTHING;
  #reservedBytes = 0;

  constructor(limits: CapacityLimits, onChange: (totals: Totals) => void = () => undefined) {
    this.#limits = limits;
    this.#onChange = onChange;
  }

  set(totals: Totals): void {
    this.#totals = totals;
    this.#onChange(totals);
  }

  added(sizeBytes: number): void {
    const { chunks, bytes, ...archived } = this.#totals;
    this.set({ chunks: chunks + 1, bytes: bytes + sizeBytes, ...archived });
  }

  removed(gone: Totals): void {
    const now = this.#totals;
    this.set({
      chunks: Math.max(0, now.chunks - gone.chunks),
      bytes: Math.max(0, now.bytes - gone.bytes),
      archivedChunks: Math.max(0, now.archivedChunks - gone.archivedChunks),
      archivedBytes: Math.max(0, now.archivedBytes - gone.archivedBytes),
    });
  }

  moved(to: Place, chunks: number, bytes: number): void {
    const sign = to === 'archive' ? 1 : -1;
    const { archivedChunks, archivedBytes } = this.#totals;
    this.set({
      ...this.#totals,
      archivedChunks: Math.max(0, archivedChunks + sign * chunks),
      archivedBytes: Math.max(0, archivedBytes + sign * bytes),
    });
  }

  /**
   * Keeps room for a write that is coming in.
   * @returns what gives it back once the write is counted or has failed
   * @throws 7205 when the write would pass the critical mark or the end of the disk
   */
  async reserve(sizeBytes: number): Promise<() => void> {
    const room = {
      usedBytes: this.#totals.bytes,
      freeDiskBytes: await this.#freeBytes(),
      minFreeDiskBytes: this.#limits.minFreeBytes,
    };
    if (!hasRoom(sizeBytes, { ...room, reservedBytes: this.#reservedBytes }, this.#limits))
      throw errors.STORAGE_FULL();
    this.#reservedBytes += sizeBytes;
    return () => {
      this.#reservedBytes -= sizeBytes;
    };
  }

  async read(): Promise<Capacity> {
    const { maxBytes, minFreeBytes } = this.#limits;
    const freeBytes = await this.#freeBytes();
    const level = capacityLevel(this.#totals.bytes, this.#limits);
    const isFull = level === 'critical' || freeBytes < minFreeBytes;
    return { ...this.#totals, freeBytes, capacityBytes: maxBytes, level, isFull };
  }

  async #freeBytes(): Promise<number> {
    const disk = await statfs(this.#limits.folder);
    return disk.bavail * disk.bsize;
  }
}
