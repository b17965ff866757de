/**
 * What retryable writes answered, by session: the same session and number asked again gets the stored answer and nothing is
 * applied twice. The answer is written in the transaction of the write itself.
 */

import { decode, encode } from '../domain/bson/codec.ts';
import type { Doc } from '../domain/bson/types.ts';
import { errors } from '../errors.ts';
import type { Disk } from './disk.ts';

/** Sessions expire after this; MongoDB's `localLogicalSessionTimeoutMinutes`. */
export const SESSION_TIMEOUT_MINUTES = 30;

export class RetryableWrites {
  readonly #disk: Disk;

  constructor(disk: Disk) {
    this.#disk = disk;
    disk.database.exec(`CREATE TABLE IF NOT EXISTS retryable_writes (
      session BLOB PRIMARY KEY, number INTEGER NOT NULL, reply BLOB NOT NULL, at_ms INTEGER NOT NULL) WITHOUT ROWID;
      CREATE INDEX IF NOT EXISTS retryable_writes_at ON retryable_writes(at_ms)`);
  }

  /** The answer given before, if this is a retry. @throws CommandError TransactionTooOld for a number already passed */
  find(session: Uint8Array, number: bigint): Doc | undefined {
    const statement = this.#disk.statement('SELECT number, reply FROM retryable_writes WHERE session = ?');
    statement.setReadBigInts(true);
    const row = statement.get(session);
    if (!row) return undefined;
    if (row.number === number) return decode(row.reply as Uint8Array);
    if ((row.number as bigint) > number)
      throw errors.transactionTooOld(
        `Retryable write with txnNumber ${number} is prohibited on session because a newer retryable write with txnNumber ${row.number} has already started on this session.`,
      );
    return undefined;
  }

  /** Has to run in the transaction of the write. */
  store(session: Uint8Array, number: bigint, reply: Doc, nowMs: number): void {
    this.#disk
      .statement('INSERT OR REPLACE INTO retryable_writes(session, number, reply, at_ms) VALUES (?, ?, ?, ?)')
      .run(session, number, encode(reply), nowMs);
  }

  forget(session: Uint8Array): void {
    this.#disk.beginWrite();
    this.#disk.statement('DELETE FROM retryable_writes WHERE session = ?').run(session);
  }

  /** Drops what is older than a session may live. */
  prune(nowMs: number): void {
    this.#disk.beginWrite();
    this.#disk
      .statement('DELETE FROM retryable_writes WHERE at_ms < ?')
      .run(nowMs - SESSION_TIMEOUT_MINUTES * 60_000);
  }
}
