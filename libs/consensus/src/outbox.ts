// The effects of one step, in the order that makes them safe.
import type { ConsensusBlock } from './block.ts';
import type { Effect } from './effect.ts';
import type { Memory } from './memory.ts';

type Say<B extends ConsensusBlock> = Extract<Effect<B>, { kind: 'broadcast' | 'send' }>;
type Ask<B extends ConsensusBlock> = Extract<Effect<B>, { kind: 'build' | 'judge' | 'fetch' | 'evidence' }>;
type Commit<B extends ConsensusBlock> = Extract<Effect<B>, { kind: 'commit' }>;

/**
 * commits, then the memory, then what is said, then what is asked for: nothing leaves the node before it is durable that it
 * was said. Votes of a height that is decided in the same step need no memory: the block is durable before they
 * leave, and no node votes below its tip.
 */
export class Outbox<B extends ConsensusBlock> {
  #commits: Commit<B>[] = [];
  #says: Say<B>[] = [];
  #asks: Ask<B>[] = [];
  #mustRemember = false;

  say(effect: Say<B>): void {
    this.#says.push(effect);
  }

  ask(effect: Ask<B>): void {
    this.#asks.push(effect);
  }

  commit(effect: Commit<B>): void {
    this.#commits.push(effect);
    this.#mustRemember = false;
  }

  /** Something was said, or decided about voting, that has to outlive a crash. */
  remember(): void {
    this.#mustRemember = true;
  }

  /** Empties it. @param isFlawed writes the memory last */
  take(memory: () => Memory<B>, isFlawed: boolean): Effect<B>[] {
    const persist: Effect<B>[] = this.#mustRemember ? [{ kind: 'persist', memory: memory() }] : [];
    const before = isFlawed ? [] : persist;
    const after = isFlawed ? persist : [];
    const effects = [...this.#commits, ...before, ...this.#says, ...after, ...this.#asks];
    this.#commits = [];
    this.#says = [];
    this.#asks = [];
    this.#mustRemember = false;
    return effects;
  }
}
