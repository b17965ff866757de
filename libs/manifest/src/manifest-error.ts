/**
 * - `no_chunks`: a recording has at least one
 * - `chunk_gap`, `chunk_repeated`: sequence numbers are not 1, 2, 3, …
 * - `too_many_chunks`: more than a Merkle tree of 20 levels holds
 * - `malformed`: a field does not fit the schema
 */
export type ManifestErrorCode =
  | 'no_chunks'
  | 'chunk_gap'
  | 'chunk_repeated'
  | 'too_many_chunks'
  | 'malformed';

/** Thrown when no manifest can be made; one that does not verify is an answer, not an error. */
export class ManifestError extends Error {
  override readonly name = 'ManifestError';
  readonly code: ManifestErrorCode;

  constructor(code: ManifestErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
