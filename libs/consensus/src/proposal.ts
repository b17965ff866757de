// What the leader of a view says: "this block".
import { Count, canonicalHash, HashHex, SignatureHex, ValidatorId } from '@lucid/ledger';
import { type Static, Type } from 'typebox';

/**
 * `pol_view` ("proof of lock", Tendermint's valid round) is null for a new block. A block that was proposed in an earlier
 * view is proposed again with the view in which more than two thirds prevoted it; the message carries those prevotes.
 */
export const Proposal = Type.Object(
  {
    height: Count,
    view: Count,
    block_hash: HashHex,
    pol_view: Type.Union([Count, Type.Null()]),
    validator: ValidatorId,
    signature: SignatureHex,
  },
  { additionalProperties: false },
);
export type Proposal = Static<typeof Proposal>;

/** SHA-256(canonical {kind: "proposal", genesis_hash, height, view, block_hash, pol_view, validator}), 64 hex. */
export function proposalHash(proposal: Omit<Proposal, 'signature'>, genesisHash: string): string {
  const { height, view, block_hash, pol_view, validator } = proposal;
  return canonicalHash({
    kind: 'proposal',
    genesis_hash: genesisHash,
    height,
    view,
    block_hash,
    pol_view,
    validator,
  });
}
