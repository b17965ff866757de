/**
 * - `bad_genesis`: the block that a state should start from is no genesis block
 * - `bad_snapshot`: no snapshot, one of another chain, or one of another version
 * - `not_next`: a block that does not follow the tip
 * - `slot_passed`: a question about a slot before the tip's
 */
export type PootErrorCode = 'bad_genesis' | 'bad_snapshot' | 'not_next' | 'slot_passed';

/** Thrown for questions that have no answer; a transaction that does not hold is an answer, not an error. */
export class PootError extends Error {
  override readonly name = 'PootError';
  readonly code: PootErrorCode;

  constructor(code: PootErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
