import { CHUNK_OVERHEAD_BYTES, MAX_PLAIN_BYTES } from '@lucid/chunk-codec';

/** Memory of one worker, used for one chunk after the other: nothing of this size is ever left to the collector. */
export class WorkPlace {
  #plain: Buffer | undefined;
  #output: Buffer | undefined;

  get plain(): Buffer {
    this.#plain ??= Buffer.allocUnsafeSlow(MAX_PLAIN_BYTES);
    return this.#plain;
  }

  get output(): Buffer {
    this.#output ??= Buffer.allocUnsafeSlow(MAX_PLAIN_BYTES + CHUNK_OVERHEAD_BYTES);
    return this.#output;
  }

  /** Overwrites what was plaintext. */
  wipe(sizeBytes: number): void {
    this.#plain?.fill(0, 0, sizeBytes);
  }
}
