// What a validator says about a block: a vote of one phase in one view of one height, or a vote for nothing.
import { type Static, Type } from 'typebox';
import { ValidatorId } from './block.ts';
import { canonicalHash } from './canonical-json.ts';
import { type SigningKey, signHash, verifyHash } from './ed25519.ts';
import { Count, HashHex, SignatureHex } from './primitives.ts';

/** A slot has this many views: the primary's and those of three fallbacks. */
export const VIEWS_PER_SLOT = 4;

/** view = slot × 4 + fallback_index. A larger view is a later one. */
export function viewOf(slot: number, fallbackIndex: number): number {
  return slot * VIEWS_PER_SLOT + fallbackIndex;
}

export function slotOfView(view: number): number {
  return Math.floor(view / VIEWS_PER_SLOT);
}

export function fallbackOfView(view: number): number {
  return view % VIEWS_PER_SLOT;
}

export const VotePhase = Type.Union([Type.Literal('prevote'), Type.Literal('precommit')]);
export type VotePhase = Static<typeof VotePhase>;

/** `block_hash: null` is a vote for nothing: the word for "reject". */
export const Vote = Type.Object(
  {
    phase: VotePhase,
    height: Count,
    view: Count,
    block_hash: Type.Union([HashHex, Type.Null()]),
    validator: ValidatorId,
    signature: SignatureHex,
  },
  { additionalProperties: false },
);
export type Vote = Static<typeof Vote>;
export type UnsignedVote = Omit<Vote, 'signature'>;

/** SHA-256(canonical {kind: "vote", genesis_hash, phase, height, view, block_hash, validator}): what is signed, 64 hex. */
export function voteHash(
  { phase, height, view, block_hash, validator }: UnsignedVote,
  genesisHash: string,
): string {
  return canonicalHash({
    kind: 'vote',
    genesis_hash: genesisHash,
    phase,
    height,
    view,
    block_hash,
    validator,
  });
}

/** The vote with the key's signature over the raw hash. */
export function signVote(draft: UnsignedVote, genesisHash: string, key: SigningKey): Vote {
  const { phase, height, view, block_hash, validator } = draft;
  return {
    phase,
    height,
    view,
    block_hash,
    validator,
    signature: signHash(voteHash(draft, genesisHash), key),
  };
}

/** Whether this key signed exactly this vote for exactly this chain. Takes any vote of the right shape, throws nothing. */
export function verifyVote(vote: Vote, genesisHash: string, publicKey: string): boolean {
  return verifyHash(voteHash(vote, genesisHash), vote.signature, publicKey);
}
