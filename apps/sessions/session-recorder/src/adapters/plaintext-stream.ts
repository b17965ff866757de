import type { FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';

const PIECE_BYTES = 1024 * 1024;

/**
 * A file as a stream that knows the memory it used: whoever has taken the last byte calls `wipe`, so that no plaintext waits
 * in freed memory for whatever comes next.
 */
export class PlaintextStream extends Readable {
  readonly #file: FileHandle;
  #pieces: Buffer[] = [];
  #position = 0;

  constructor(file: FileHandle) {
    super({ highWaterMark: PIECE_BYTES });
    this.#file = file;
  }

  override _read(): void {
    const piece = Buffer.allocUnsafeSlow(PIECE_BYTES);
    this.#pieces.push(piece);
    this.#file.read(piece, 0, piece.length, this.#position).then(
      ({ bytesRead }) => {
        this.#position += bytesRead;
        this.push(bytesRead === 0 ? null : piece.subarray(0, bytesRead));
      },
      (error: Error) => this.destroy(error),
    );
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#file.close().then(
      () => done(error),
      (problem: Error) => done(error ?? problem),
    );
  }

  /** Overwrites every piece that was handed out. */
  wipe(): void {
    for (const piece of this.#pieces) piece.fill(0);
    this.#pieces = [];
  }
}
