/**
 * Runs work for the same key one after the other, for different keys side by side. Keeps a guesser from trying many passwords
 * for one address before the first failure has been counted.
 */
export class OneAtATime {
  readonly #last = new Map<string, Promise<unknown>>();

  /** How many keys are being worked on. */
  get size(): number {
    return this.#last.size;
  }

  run<Value>(key: string, work: () => Promise<Value>): Promise<Value> {
    const before = this.#last.get(key) ?? Promise.resolve();
    const result = before.then(work, work);
    const settled = result.then(
      () => undefined,
      () => undefined, // the caller has the result; here only its end matters
    );
    this.#last.set(key, settled);
    void settled.then(() => {
      if (this.#last.get(key) === settled) this.#last.delete(key);
    });
    return result;
  }
}
