type End = () => Promise<void> | void;

/** What a run has started or created, so that all of it goes again: at its end, after a failure, after Ctrl-C. */
export class Belongings {
  readonly #ends = new Set<End>();
  #isOver = false;

  /** True as soon as everything is being ended: nothing new may begin. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** @returns ends it now; once only, and not while everything is being ended in order. @throws when that has begun */
  add(end: End): () => Promise<void> {
    if (this.#isOver) throw new Error('the run is over');
    this.#ends.add(end);
    return async () => {
      if (!this.#isOver && this.#ends.delete(end)) await end();
    };
  }

  /** Ends everything, newest first; goes on past what cannot be ended. @returns what went wrong */
  async endAll(): Promise<unknown[]> {
    this.#isOver = true;
    const problems: unknown[] = [];
    for (const end of [...this.#ends].reverse()) {
      if (!this.#ends.delete(end)) continue;
      try {
        await end();
      } catch (error) {
        problems.push(error);
      }
    }
    return problems;
  }
}
