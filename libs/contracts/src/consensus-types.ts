import { type Static, Type } from 'typebox';
import { Count, Hash, Nullable, OneOf, PublicKey, Signature, Strict, Timestamp, Uuid } from './schemas.ts';

const ValidatorId = Type.String({ minLength: 1, maxLength: 128 });

/** Another validator as this one knows it. Null: it never answered. */
export const ChainPeer = Strict({
  validator: ValidatorId,
  height: Nullable(Count),
  latency_ms: Nullable(Type.Number({ minimum: 0 })),
  last_seen: Nullable(Timestamp),
});
export type ChainPeer = Static<typeof ChainPeer>;

export const Participant = Strict({
  node_id: ValidatorId,
  public_key: PublicKey,
  voting_power: Count,
  /** When the newest block was made that carries its vote. */
  last_vote: Nullable(Timestamp),
  /** Share of the newest hundred blocks that carry its vote. */
  participation_rate: Type.Number({ minimum: 0, maximum: 1 }),
  /** Its live score in the tally in force, millionths; 0 for one that is not ranked. */
  poot_score: Type.Number({ minimum: 0 }),
  last_seen: Nullable(Timestamp),
  status: OneOf(['active', 'inactive']),
});
export type Participant = Static<typeof Participant>;

/** Something the voting brought about: a round that was given up, a leader that was replaced, a double vote. */
export const ConsensusEvent = Strict({
  event_id: Type.String(),
  event_type: Type.String(),
  height: Count,
  slot: Count,
  view: Count,
  validator: Type.Optional(ValidatorId),
  details: Type.Optional(
    Type.Unsafe<Record<string, unknown>>({ type: 'object', additionalProperties: true }),
  ),
  created_at: Timestamp,
});
export type ConsensusEvent = Static<typeof ConsensusEvent>;

/** A vote handed in from outside: that of a validator, with its own signature. */
export const OutsideVote = Strict({
  vote_type: OneOf(['block_validation', 'proposal_vote', 'participant_selection']),
  /** Hash of the block that is voted on. */
  target_id: Hash,
  vote_decision: OneOf(['approve', 'reject', 'abstain']),
  phase: OneOf(['prevote', 'precommit']),
  height: Count,
  view: Count,
  validator: ValidatorId,
  reasoning: Type.Optional(Type.String({ maxLength: 1000 })),
  /** Of the vote as validators sign it; a rejection is a vote for nothing. */
  signature: Signature,
});
export type OutsideVote = Static<typeof OutsideVote>;

export const SlotResult = Strict({
  /** `missed` when no block was made. */
  winner: Type.String(),
  reason: Type.String(),
});

export const LeaderOfSlot = Strict({
  slot: Count,
  epoch: Count,
  primary: ValidatorId,
  fallbacks: Type.Array(ValidatorId),
  result: Type.Union([SlotResult, Type.Null()]),
});
export type LeaderOfSlot = Static<typeof LeaderOfSlot>;

export const AcceptedProof = Strict({
  proof_id: Type.String(),
  tx_id: Uuid,
  status: OneOf(['pending', 'confirmed']),
});
