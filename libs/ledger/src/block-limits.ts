// How much one block may hold: decided with the genesis block, the same for every node of the chain.
import { type Static, Type } from 'typebox';

/** What no chain may exceed: what one answer, one message between validators and one document can still carry. */
export const MAX_BLOCK_BYTES = 16 * 1024 * 1024;
export const MAX_TRANSACTIONS_PER_BLOCK = 20_000;

/** Every transaction that is taken (100 KiB of data) has to fit into a block. */
const MIN_BLOCK_BYTES = 128 * 1024;

/** Bytes are those of the canonical text of the whole block, in UTF-8. */
export const BlockLimits = Type.Object(
  {
    max_block_bytes: Type.Integer({ minimum: MIN_BLOCK_BYTES, maximum: MAX_BLOCK_BYTES }),
    max_transactions: Type.Integer({ minimum: 1, maximum: MAX_TRANSACTIONS_PER_BLOCK }),
    max_anchors: Type.Integer({ minimum: 1, maximum: MAX_TRANSACTIONS_PER_BLOCK }),
  },
  { additionalProperties: false },
);
export type BlockLimits = Static<typeof BlockLimits>;

/** Of a chain whose genesis block names none. */
export const DEFAULT_BLOCK_LIMITS: BlockLimits = Object.freeze({
  max_block_bytes: 1024 * 1024,
  max_transactions: 1000,
  max_anchors: 100,
});

export function sameLimits(one: BlockLimits, other: BlockLimits): boolean {
  return (
    one.max_block_bytes === other.max_block_bytes &&
    one.max_transactions === other.max_transactions &&
    one.max_anchors === other.max_anchors
  );
}
