// What a node did in a day, in credits. Cells merge in any order to the same result.
import { Count, ValidatorId } from '@lucid/ledger';
import { type Static, Type } from 'typebox';
import { saturatingAdd } from './saturating.ts';

/** Work of one node for one entity, of proofs for slots of one day. */
export const WorkCell = Type.Object(
  {
    /** Days since 2024-01-01, which are epochs. */
    day: Count,
    /** From blocks of the day after: too late for the tally of that day. */
    late: Type.Boolean(),
    entity_id: ValidatorId,
    node_id: ValidatorId,
    relay: Count,
    validation: Count,
    uptime_seconds: Count,
    /** Of the last storage proof of the day alone; its slot is absent when there was none. */
    storage: Count,
    storage_slot: Type.Optional(Count),
  },
  { additionalProperties: false },
);
export type WorkCell = Static<typeof WorkCell>;

export type Work = Pick<WorkCell, 'relay' | 'validation' | 'uptime_seconds' | 'storage' | 'storage_slot'>;

/** Both works of one day: sums, and of storage the last proof (the larger where two are for one slot). */
export function mergeWork(a: Work, b: Work): Work {
  const last = laterStorage(a, b);
  return {
    relay: saturatingAdd(a.relay, b.relay),
    validation: saturatingAdd(a.validation, b.validation),
    uptime_seconds: saturatingAdd(a.uptime_seconds, b.uptime_seconds),
    storage: last.storage,
    ...(last.storage_slot !== undefined && { storage_slot: last.storage_slot }),
  };
}

function laterStorage(a: Work, b: Work): Work {
  const slotA = a.storage_slot ?? -1;
  const slotB = b.storage_slot ?? -1;
  if (slotA !== slotB) return slotA > slotB ? a : b;
  return a.storage >= b.storage ? a : b;
}
