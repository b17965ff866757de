import type { Clock } from '@lucid/clock';
import type { Transaction } from '@lucid/ledger';
import { transactionOf } from '../../domain/transaction-document.ts';
import type { Ledger } from '../ledger.ts';
import type { Peers } from './peers.ts';

/** The kind of message that transactions travel in. */
export const TRANSACTIONS = 'transactions';

const MOST_PER_MESSAGE = 100;
/** Whoever has waited this many blocks may have been lost on the way, and is told of again. */
const REPEAT_AFTER_BLOCKS = 3;
const REPEAT_AFTER_AT_LEAST_MS = 5000;

/**
 * Brings transactions to the validators that may put them into a block: each once when it is taken, and again and again,
 * the oldest first, while no block has it. What came from a peer is not passed on: every engine tells all others itself.
 */
export class Gossip {
  readonly #peers: Peers;
  readonly #clock: Clock;
  readonly #repeatAfterMs: number;
  #repeatedMs: number;

  constructor(peers: Peers, clock: Clock, blockTimeMs: number) {
    this.#peers = peers;
    this.#clock = clock;
    this.#repeatAfterMs = Math.max(REPEAT_AFTER_BLOCKS * blockTimeMs, REPEAT_AFTER_AT_LEAST_MS);
    this.#repeatedMs = clock.monotonicMs();
  }

  tell(transactions: readonly Transaction[]): void {
    if (this.#peers.count === 0) return;
    for (let at = 0; at < transactions.length; at += MOST_PER_MESSAGE) {
      const some = transactions.slice(at, at + MOST_PER_MESSAGE);
      this.#peers.send({ kind: TRANSACTIONS, transactions: some }, 'bulk');
    }
  }

  /** For the writer, between blocks. Does nothing until it is time. */
  async repeat({ mempool, transactions }: Pick<Ledger, 'mempool' | 'transactions'>): Promise<void> {
    const nowMs = this.#clock.monotonicMs();
    if (this.#peers.count === 0 || nowMs - this.#repeatedMs < this.#repeatAfterMs) return;
    this.#repeatedMs = nowMs;
    const lateMs = this.#clock.nowMs() - this.#repeatAfterMs;
    const late = (await mempool.oldest(MOST_PER_MESSAGE)).filter(
      ({ received_at_ms }) => received_at_ms < lateMs,
    );
    const documents = await transactions.findAll(late.map(({ _id }) => _id));
    this.tell([...documents.values()].filter(({ status }) => status === 'pending').map(transactionOf));
  }
}
