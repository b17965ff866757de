import type { Memory } from '@lucid/consensus';
import type { SimBlock, SimChain } from './sim-block.ts';

/** What a node still has after a crash. */
export class Disk {
  memory: Memory<SimBlock> | null = null;
  /** From height 1 on. */
  readonly chain: SimChain = [];
  /** Accepted transactions that no block holds yet. */
  readonly pending = new Set<string>();
  readonly #onChain = new Set<string>();
  readonly genesis: SimBlock;

  constructor(genesis: SimBlock) {
    this.genesis = genesis;
  }

  get tip(): SimBlock {
    return this.chain.at(-1)?.block ?? this.genesis;
  }

  append(entry: SimChain[number]): void {
    this.chain.push(entry);
    for (const name of entry.block.transactions) {
      this.#onChain.add(name);
      this.pending.delete(name);
    }
  }

  isOnChain(name: string): boolean {
    return this.#onChain.has(name);
  }
}
