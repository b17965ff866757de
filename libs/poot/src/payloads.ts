// What the three kinds of `system` transactions of PoOT carry in `data`.
import { Count, HashHex, PublicKeyHex, ValidatorId } from '@lucid/ledger';
import { type Static, type TObject, type TProperties, Type } from 'typebox';
import { MAX_UPTIME_SECONDS } from './constants.ts';

/** Id of a node, of a pool, or of a validator: one space of names, since any of them can be the entity that leads. */
const EntityId = ValidatorId;

const closed = <P extends TProperties>(properties: P): TObject<P> =>
  Type.Object(properties, { additionalProperties: false });

const proofOf = <T extends string, V extends TProperties>(type: T, value: V) =>
  closed({
    kind: Type.Literal('task_proof'),
    node_id: EntityId,
    slot: Count,
    type: Type.Literal(type),
    value: closed(value),
    pool_id: Type.Optional(EntityId),
  });

/** One shape per type, so that a refusal can say what is wrong with a proof of that type. */
export const TASK_PROOF_SHAPES = {
  relay_bandwidth: proofOf('relay_bandwidth', {
    bytes_transferred: Count,
    sessions_relayed: Type.Optional(Count),
  }),
  storage_availability: proofOf('storage_availability', { chunks_stored: Count, size_bytes: Count }),
  validation_signature: proofOf('validation_signature', { validated_sessions: Count }),
  uptime_beacon: proofOf('uptime_beacon', {
    uptime_seconds: Type.Integer({ minimum: 0, maximum: MAX_UPTIME_SECONDS }),
  }),
};

/**
 * What a node did in a slot: one per node, slot and type. The transaction's own key is the node's. `sessions_relayed` is 1
 * where it is left out; `uptime_seconds` are those since the beacon before.
 */
export const TaskProofData = Type.Union([
  TASK_PROOF_SHAPES.relay_bandwidth,
  TASK_PROOF_SHAPES.storage_availability,
  TASK_PROOF_SHAPES.validation_signature,
  TASK_PROOF_SHAPES.uptime_beacon,
]);
export type TaskProofData = Static<typeof TaskProofData>;
export type TaskProofType = TaskProofData['type'];

/** In the order of their bits in a snapshot: add at the end only. */
export const TASK_PROOF_TYPES = [
  'relay_bandwidth',
  'storage_availability',
  'validation_signature',
  'uptime_beacon',
] as const satisfies readonly TaskProofType[];

/** Makes a node known with its key. Signed by a genesis validator; by that very one where the pool is a validator. */
export const NodeRegistrationData = closed({
  kind: Type.Literal('node_registration'),
  node_id: EntityId,
  public_key: PublicKeyHex,
  pool_id: Type.Optional(EntityId),
});
export type NodeRegistrationData = Static<typeof NodeRegistrationData>;

/** The standing of an entity. `relay`, `storage`, `validation` are credits; the scores are millionths. */
export const TallyEntry = closed({
  entity_id: EntityId,
  /** 1 is first. The eligible come before all others. */
  rank: Count,
  eligible: Type.Boolean(),
  credits: Count,
  relay: Count,
  storage: Count,
  validation: Count,
  uptime_millionths: Count,
  live_millionths: Count,
});
export type TallyEntry = Static<typeof TallyEntry>;

/**
 * The tally of an epoch as the chain holds it. `entries` are those of the genesis validators alone, since only they can
 * lead and a transaction holds 100 KiB; `hash` covers the entries of all entities.
 */
export const TallyData = closed({
  kind: Type.Literal('tally'),
  epoch: Count,
  entries: Type.Array(TallyEntry, { maxItems: 100 }),
  hash: HashHex,
});
export type TallyData = Static<typeof TallyData>;

export type SystemPayload = TaskProofData | NodeRegistrationData | TallyData;
