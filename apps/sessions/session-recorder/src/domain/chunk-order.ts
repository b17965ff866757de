/** A client-cut chunk that is whole and on disk. */
export interface ArrivedChunk {
  sequence: number;
  sizeBytes: number;
  hash: string;
}

/** One whose predecessors are all here, so that it is known where it begins. */
export interface PlacedChunk extends ArrivedChunk {
  offset: number;
}

/** `next`: all before it are here. `early`: it is kept until they are. `too_early`: beyond the window. `known`: it is here. */
export type Arrival = 'next' | 'early' | 'too_early' | 'known';

/**
 * Puts the chunks that a client has cut itself into their order, in whatever order they come. Chunks far ahead of the first
 * that is missing are refused: what waits takes room on the disk.
 */
export class ChunkOrder {
  readonly #windowSize: number;
  readonly #waiting = new Map<number, ArrivedChunk>();
  #next: number;
  #offset: number;
  #highest: number;

  /** @param after the last chunk that has its place, and where it ends */
  constructor(windowSize: number, after: { sequence: number; offset: number }) {
    this.#windowSize = windowSize;
    this.#next = after.sequence + 1;
    this.#offset = after.offset;
    this.#highest = after.sequence;
  }

  /** The highest number that has come. */
  get highest(): number {
    return this.#highest;
  }

  /** Bytes of everything that has come. */
  get sizeBytes(): number {
    return [...this.#waiting.values()].reduce((sum, { sizeBytes }) => sum + sizeBytes, this.#offset);
  }

  /** Numbers below the highest that have not come, in order, at most `limit`. */
  missing(limit: number): number[] {
    const missing: number[] = [];
    for (let sequence = this.#next; sequence < this.#highest && missing.length < limit; sequence++)
      if (!this.#waiting.has(sequence)) missing.push(sequence);
    return missing;
  }

  arrival(sequence: number): Arrival {
    if (sequence < this.#next || this.#waiting.has(sequence)) return 'known';
    if (sequence === this.#next) return 'next';
    return sequence < this.#next + this.#windowSize ? 'early' : 'too_early';
  }

  /** The chunk that waits under this number. */
  waiting(sequence: number): ArrivedChunk | undefined {
    return this.#waiting.get(sequence);
  }

  /** @returns the chunks that have their place now, in order: none while an earlier one is missing */
  add(chunk: ArrivedChunk): PlacedChunk[] {
    if (chunk.sequence < this.#next) return [];
    this.#highest = Math.max(this.#highest, chunk.sequence);
    this.#waiting.set(chunk.sequence, chunk);
    const placed: PlacedChunk[] = [];
    for (let next = this.#waiting.get(this.#next); next; next = this.#waiting.get(this.#next))
      placed.push(this.#place(next));
    return placed;
  }

  /** Gives every chunk that waits a place behind the others although some are missing: nothing more will come. */
  close(): PlacedChunk[] {
    const rest = [...this.#waiting.values()].sort((a, b) => a.sequence - b.sequence);
    return rest.map((chunk) => this.#place(chunk));
  }

  #place(chunk: ArrivedChunk): PlacedChunk {
    const placed = { ...chunk, offset: this.#offset };
    this.#waiting.delete(chunk.sequence);
    this.#next = chunk.sequence + 1;
    this.#offset += chunk.sizeBytes;
    return placed;
  }
}
