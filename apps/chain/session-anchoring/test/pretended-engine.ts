import type { Clock } from '@lucid/clock';
import type { TransactionRecord } from '@lucid/contracts';
import { commonErrors } from '@lucid/errors';
import { type Transaction, timestampOf, txHash, verifySubmission } from '@lucid/ledger';
import { ENGINE } from '../src/domain/engine-codes.ts';

/** Behaves as the engine does, on a clock that waits for us; and can be away, full, or lose its memory. */
export class PretendedEngine {
  readonly records = new Map<string, TransactionRecord>();
  readonly #clock: Clock;
  height = 0;
  isAway = false;
  /** Answers every submission with this code. */
  refusesWith: string | undefined;
  sends = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async send(transactions: Transaction[]): Promise<Map<string, string>> {
    this.#beThere();
    this.sends += 1;
    const refusals = transactions.map((transaction) => [transaction.tx_id, this.#take(transaction)] as const);
    return new Map(refusals.flatMap(([id, code]) => (code === undefined ? [] : [[id, code] as const])));
  }

  async find(tx_id: string): Promise<TransactionRecord | undefined> {
    this.#beThere();
    return this.records.get(tx_id);
  }

  async tip(): Promise<{ height: number; blockTimeMs: number }> {
    this.#beThere();
    return { height: this.height, blockTimeMs: 1000 };
  }

  /** A block with everything that waits. */
  makeBlock(): void {
    this.height += 1;
    for (const record of this.records.values()) {
      if (record.status !== 'pending') continue;
      record.status = 'confirmed';
      record.confirmed_at = timestampOf(this.#clock.nowMs());
      record.block_height = this.height;
      record.block_hash = this.height.toString(16).padStart(64, '0');
    }
  }

  ofSession(sessionId: string): TransactionRecord[] {
    return [...this.records.values()].filter(({ transaction }) => transaction.data.session_id === sessionId);
  }

  #take(transaction: Transaction): string | undefined {
    if (this.refusesWith) return this.refusesWith;
    const hash = txHash(transaction);
    const known = this.records.get(transaction.tx_id);
    if (known) {
      if (known.tx_hash !== hash) return ENGINE.conflict;
      return known.status === 'dropped' ? ENGINE.dropped : undefined;
    }
    const { valid, faults } = verifySubmission(transaction, this.#clock.nowMs());
    if (!valid) return faults[0]?.fault === 'too_old' ? ENGINE.tooOld : 'LUCID_ERR_6102';
    const submitted_at = timestampOf(this.#clock.nowMs());
    this.records.set(transaction.tx_id, { transaction, tx_hash: hash, status: 'pending', submitted_at });
    return undefined;
  }

  #beThere(): void {
    if (this.isAway) throw commonErrors.UPSTREAM_UNREACHABLE();
  }
}
