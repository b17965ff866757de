// Messages of the next height, kept until this one is decided. They are repeated anyway; keeping them saves the wait.
import type { ConsensusBlock } from './block.ts';
import type { Message } from './message.ts';

/** A proposal and two votes in each of two views. */
const MAX_PER_VALIDATOR = 6;

export class Later<B extends ConsensusBlock> {
  readonly #kept = new Map<string, Message<B>[]>();

  /** Keeps a message whose author was checked. The newest ones win: they are of the latest view. */
  keep(author: string, message: Message<B>): void {
    const kept = this.#kept.get(author) ?? [];
    kept.push(message);
    if (kept.length > MAX_PER_VALIDATOR) kept.shift();
    this.#kept.set(author, kept);
  }

  take(): Message<B>[] {
    const all = [...this.#kept.values()].flat();
    this.#kept.clear();
    return all;
  }
}
