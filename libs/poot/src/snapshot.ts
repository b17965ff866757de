// A state as plain JSON. Lists are sorted, so that equal states give equal texts.
import { Count, HashHex, PublicKeyHex, ValidatorId } from '@lucid/ledger';
import { type Static, Type } from 'typebox';
import { TallyData } from './payloads.ts';
import { WorkCell } from './work-cell.ts';

const Optional = Type.Optional;

/** Version of the format: a snapshot of another one is refused, and the engine folds the chain again. */
export const SNAPSHOT_VERSION = 1;

export const PootSnapshot = Type.Object(
  {
    format: Type.Literal('lucid-poot'),
    version: Type.Literal(SNAPSHOT_VERSION),
    genesis_hash: HashHex,
    tip: Type.Object({ height: Count, hash: HashHex, slot: Count }),
    /** Hashes of the last blocks up to the tip, oldest first; at most FINALITY_DEPTH + 1. */
    recent_hashes: Type.Array(HashHex, { minItems: 1 }),
    /** Hash of the last block that was final when the epoch of the tip began. */
    boundary_hash: HashHex,
    /** Registered nodes beside the genesis validators. */
    nodes: Type.Array(
      Type.Object({ node_id: ValidatorId, public_key: PublicKeyHex, pool_id: Optional(ValidatorId) }),
    ),
    work: Type.Array(WorkCell),
    /** Proofs that a later block could still repeat; `types` has a bit per type. */
    seen: Type.Array(Type.Object({ slot: Count, node_id: ValidatorId, types: Type.Integer({ minimum: 1 }) })),
    wins: Type.Array(Type.Object({ slot: Count, winner: ValidatorId })),
    /** Shares in the slot of the tip. */
    shares: Type.Array(
      Type.Object({
        validator: ValidatorId,
        blocks: Count,
        last_height: Count,
        fallback_index: Type.Integer({ minimum: 0 }),
      }),
    ),
    /** Slot of the last block before the slot of the tip. */
    filled_before: Optional(Count),
    /** In force in the slot of the tip, and confirmed in that slot. */
    tally: Optional(TallyData),
    next_tally: Optional(TallyData),
  },
  { additionalProperties: false },
);
export type PootSnapshot = Static<typeof PootSnapshot>;
