/**
 * - `not_canonical`: a value that JSON cannot say without loss (undefined, NaN, a class instance, a lone surrogate…)
 * - `bad_key`: no Ed25519 key, or no 32-byte seed
 * - `bad_hash`: not 64 lower-case hex digits
 * - `bad_timestamp`: no `YYYY-MM-DDTHH:MM:SS.mmmZ`
 * - `bad_block`, `bad_transaction`, `bad_genesis`: parts that cannot make one
 */
export type LedgerErrorCode =
  | 'not_canonical'
  | 'bad_key'
  | 'bad_hash'
  | 'bad_timestamp'
  | 'bad_block'
  | 'bad_transaction'
  | 'bad_genesis';

/** Thrown when something cannot be made; a block or transaction that does not verify is an answer, not an error. */
export class LedgerError extends Error {
  override readonly name = 'LedgerError';
  readonly code: LedgerErrorCode;

  constructor(code: LedgerErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
