/** Why a tree or a proof cannot be made. */
export type MerkleErrorCode = 'no_leaves' | 'too_many_leaves' | 'not_a_hash' | 'index_out_of_range';

/** Thrown for input that no tree can be built from; a proof that does not hold is an answer, not an error. */
export class MerkleError extends Error {
  override readonly name = 'MerkleError';
  readonly code: MerkleErrorCode;

  constructor(code: MerkleErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
