// Which proofs are on the chain already, as far back as a later block could repeat one.
import { TASK_PROOF_TYPES, type TaskProofData } from './payloads.ts';

export interface SeenProof {
  readonly slot: number;
  readonly node_id: string;
  /** Bit i stands for TASK_PROOF_TYPES[i]. */
  readonly types: number;
}

type Named = Pick<TaskProofData, 'slot' | 'node_id' | 'type'>;

export interface SeenProofs {
  readonly has: (proof: Named) => boolean;
  readonly add: (proof: Named) => void;
  /** Forgets the slots before this one. */
  readonly prune: (beforeSlot: number) => void;
  /** Sorted by slot and node. */
  readonly list: () => SeenProof[];
}

/** A set with a number per node and slot, since at a thousand nodes it holds many thousand proofs. */
export function createSeenProofs(known: readonly SeenProof[] = []): SeenProofs {
  const slots = new Map<number, Map<string, number>>();
  const mark = (slot: number, nodeId: string, types: number) => {
    const nodes = slots.get(slot) ?? new Map<string, number>();
    slots.set(slot, nodes.set(nodeId, (nodes.get(nodeId) ?? 0) | types));
  };
  for (const { slot, node_id, types } of known) mark(slot, node_id, types);
  return {
    has: ({ slot, node_id, type }) => ((slots.get(slot)?.get(node_id) ?? 0) & bitOf(type)) !== 0,
    add: ({ slot, node_id, type }) => mark(slot, node_id, bitOf(type)),
    prune: (beforeSlot) => {
      for (const slot of slots.keys()) if (slot < beforeSlot) slots.delete(slot);
    },
    list: () =>
      [...slots]
        .flatMap(([slot, nodes]) => [...nodes].map(([node_id, types]) => ({ slot, node_id, types })))
        .sort((a, b) => a.slot - b.slot || (a.node_id < b.node_id ? -1 : 1)),
  };
}

function bitOf(type: TaskProofData['type']): number {
  return 1 << TASK_PROOF_TYPES.indexOf(type);
}
