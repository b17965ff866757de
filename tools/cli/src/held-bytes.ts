/** What has been read from a pipe and is not yet safe where it was sent: a pipe cannot be read twice. */
export class HeldBytes {
  #pieces: Buffer[] = [];
  #start: number;
  #sizeBytes = 0;

  /** @param start where in the recording the first piece will begin */
  constructor(start: number) {
    this.#start = start;
  }

  /** Offset of the first byte that is still here. */
  get start(): number {
    return this.#start;
  }

  get end(): number {
    return this.#start + this.#sizeBytes;
  }

  /** Where the oldest piece ends. */
  get firstEnd(): number {
    return this.#start + (this.#pieces[0]?.length ?? 0);
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  add(piece: Buffer): void {
    this.#pieces.push(piece);
    this.#sizeBytes += piece.length;
  }

  /** Lets go of what lies before `offset`, as far as whole pieces go. */
  release(offset: number): void {
    for (;;) {
      const [first] = this.#pieces;
      if (!first || this.#start + first.length > offset) return;
      this.#pieces.shift();
      this.#start += first.length;
      this.#sizeBytes -= first.length;
    }
  }

  /** The bytes from `offset` on, in pieces. @param offset from `start` to `end` */
  from(offset: number): Buffer[] {
    const found: Buffer[] = [];
    let at = this.#start;
    for (const piece of this.#pieces) {
      if (at + piece.length > offset) found.push(piece.subarray(Math.max(0, offset - at)));
      at += piece.length;
    }
    return found;
  }
}
