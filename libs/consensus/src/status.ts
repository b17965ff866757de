// Where a validator stands. Sent again and again: who is behind fetches, who lacks something is sent it.
import { Count, canonicalHash, HashHex, SignatureHex, ValidatorId } from '@lucid/ledger';
import { type Static, Type } from 'typebox';

export const Status = Type.Object(
  {
    /** Of its last confirmed block; it works on the next one. */
    height: Count,
    view: Count,
    /** The proposal of this view that it holds. */
    proposal: Type.Union([HashHex, Type.Null()]),
    /** The latest view of this height from which it holds a block with more than two thirds of the prevotes. */
    valid_view: Type.Union([Count, Type.Null()]),
    /** It began without a memory of votes and has known no block but the first since. */
    novice: Type.Boolean(),
    /** By its own clock: tells its runs apart. */
    started_at_ms: Count,
    sent_at_ms: Count,
    /** The run of a novice that this is the answer to. An old status says nothing of how its author stands now. */
    answers: Type.Union([
      Type.Object({ validator: ValidatorId, started_at_ms: Count }, { additionalProperties: false }),
      Type.Null(),
    ]),
    validator: ValidatorId,
    signature: SignatureHex,
  },
  { additionalProperties: false },
);
export type Status = Static<typeof Status>;

/** SHA-256(canonical {kind: "status", genesis_hash, …all fields but the signature}), 64 hex. */
export function statusHash(status: Omit<Status, 'signature'>, genesisHash: string): string {
  const { height, view, proposal, valid_view, novice, started_at_ms, sent_at_ms, answers, validator } =
    status;
  return canonicalHash({
    kind: 'status',
    genesis_hash: genesisHash,
    height,
    view,
    proposal,
    valid_view,
    novice,
    started_at_ms,
    sent_at_ms,
    answers,
    validator,
  });
}
