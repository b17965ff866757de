import { setTimeout as delay } from 'node:timers/promises';
import { blockAt, type ChainCaller, countAt, heightOf } from './chain-client.ts';

const LOOK_EVERY_MS = 20;

/** When each block was first seen, and how many of ours are in blocks. */
export class Confirmations {
  readonly #caller: ChainCaller;
  readonly #seenMs = new Map<number, number>();
  #height: number;
  #count = 0;
  #lastMs = 0;

  private constructor(caller: ChainCaller, height: number) {
    this.#caller = caller;
    this.#height = height;
  }

  static async from(caller: ChainCaller): Promise<Confirmations> {
    return new Confirmations(caller, await heightOf(caller));
  }

  /** When the last block with transactions was seen, in `performance.now()`. */
  get lastMs(): number {
    return this.#lastMs;
  }

  /** Watches until this many are in blocks. @throws Error when that takes too long */
  async reach(count: number, timeoutMs: number): Promise<void> {
    const deadlineMs = performance.now() + timeoutMs;
    while (this.#count < count) {
      const height = await heightOf(this.#caller);
      const nowMs = performance.now();
      for (let next = this.#height + 1; next <= height; next++) {
        this.#seenMs.set(next, nowMs);
        const inBlock = await countAt(this.#caller, next);
        if (inBlock > 0) this.#lastMs = nowMs;
        this.#count += inBlock;
      }
      this.#height = height;
      if (nowMs > deadlineMs) throw new Error(`${this.#count} of ${count} in blocks after ${timeoutMs} ms`);
      await delay(LOOK_EVERY_MS);
    }
  }

  /** Milliseconds from being sent to being seen in a block, of each that was sent. */
  async latencies(sentMs: ReadonlyMap<string, number>): Promise<number[]> {
    const latencies: number[] = [];
    for (const [height, seenMs] of this.#seenMs) {
      const { transactions } = await blockAt(this.#caller, height);
      for (const { tx_id } of transactions) {
        const sent = sentMs.get(tx_id);
        if (sent !== undefined) latencies.push(seenMs - sent);
      }
    }
    if (latencies.length !== sentMs.size)
      throw new Error(`${latencies.length} of ${sentMs.size} transactions are in blocks`);
    return latencies;
  }
}
