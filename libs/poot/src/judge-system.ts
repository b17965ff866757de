// Judges the `system` transactions of PoOT against what the chain says before them.
import { canonicalJson, epochOfSlot, firstError, LedgerError, type Transaction } from '@lucid/ledger';
import { Compile } from 'typebox/compile';
import { Value } from 'typebox/value';
import { MAX_SLOT_DISTANCE } from './constants.ts';
import {
  NodeRegistrationData,
  type SystemPayload,
  TASK_PROOF_SHAPES,
  TASK_PROOF_TYPES,
  TallyData,
  TaskProofData,
} from './payloads.ts';
import type { RegisteredNode } from './state.ts';
import type { SystemFaultCode, SystemVerdict } from './system-verdict.ts';

/** What a judge has to know. */
export interface SystemFacts {
  readonly tipSlot: number;
  /** Name of the genesis validator that has this key. */
  readonly validatorOfKey: (publicKey: string) => string | undefined;
  readonly isValidator: (entityId: string) => boolean;
  readonly node: (nodeId: string) => RegisteredNode | undefined;
  readonly nodeOfKey: (publicKey: string) => RegisteredNode | undefined;
  readonly hasProof: (proof: TaskProofData) => boolean;
  readonly tallyDue: (slot: number) => TallyData | undefined;
}

const proofShape = Compile(TaskProofData);
const registrationShape = Compile(NodeRegistrationData);
const tallyShape = Compile(TallyData);

/** Judges a transaction of a block in this slot. The signature is not checked here. Throws nothing. */
export function judgeSystem(transaction: Transaction, blockSlot: number, facts: SystemFacts): SystemVerdict {
  const { type, data, public_key } = transaction;
  if (type !== 'system') return { valid: true };
  if (blockSlot < facts.tipSlot) {
    return refused('slot_passed', `slot ${blockSlot} lies before the tip's ${facts.tipSlot}`);
  }
  switch (data.kind) {
    case 'task_proof':
      if (!proofShape.Check(data)) return refused('shape', proofError(data));
      return judgeProof(data, public_key, blockSlot, facts);
    case 'node_registration':
      if (!registrationShape.Check(data)) return refused('shape', firstError(registrationShape.Errors(data)));
      return judgeRegistration(data, public_key, facts);
    case 'tally':
      if (!tallyShape.Check(data)) return refused('shape', firstError(tallyShape.Errors(data)));
      return judgeTally(data, public_key, blockSlot, facts);
    default:
      return refused('kind_unknown', 'kind is neither task_proof, node_registration nor tally');
  }
}

/** Of the shape of its own type: the errors of a union are those of its first member. */
function proofError(data: Readonly<Record<string, unknown>>): string {
  const type = TASK_PROOF_TYPES.find((known) => known === data.type);
  if (type === undefined) return `/type must be one of ${TASK_PROOF_TYPES.join(', ')}`;
  return firstError(Value.Errors(TASK_PROOF_SHAPES[type], data));
}

function judgeProof(
  proof: TaskProofData,
  key: string,
  blockSlot: number,
  { node: nodeOf, hasProof }: SystemFacts,
): SystemVerdict {
  const node = nodeOf(proof.node_id);
  if (!node) return refused('node_unknown', `${proof.node_id} is not registered`);
  if (node.public_key !== key) return refused('node_key', `not signed with the key of ${proof.node_id}`);
  // A node must not enter a pool by its own word: a pool's uptime is the mean of its members.
  if (node.pool_id !== proof.pool_id) {
    return refused('node_pool', `${proof.node_id} is registered for ${node.pool_id ?? 'no pool'}`);
  }
  const distance = Math.abs(proof.slot - blockSlot);
  if (distance > MAX_SLOT_DISTANCE) {
    return refused('slot_distance', `slot ${proof.slot} is ${distance} slots away from the block's`);
  }
  if (hasProof(proof)) {
    return refused('proof_repeated', `${proof.node_id} has a ${proof.type} for slot ${proof.slot}`);
  }
  return accepted(proof);
}

function judgeRegistration(data: NodeRegistrationData, key: string, facts: SystemFacts): SystemVerdict {
  const validator = facts.validatorOfKey(key);
  if (validator === undefined) return refused('not_a_validator', 'only a genesis validator registers nodes');
  const { node_id, public_key, pool_id } = data;
  if (pool_id !== undefined && facts.isValidator(pool_id) && pool_id !== validator) {
    return refused('not_a_validator', `only ${pool_id} itself takes nodes into its pool`);
  }
  if (facts.node(node_id)) return refused('node_known', `${node_id} is registered`);
  const holder = facts.nodeOfKey(public_key);
  if (holder) return refused('key_taken', `the key is that of ${holder.node_id}`);
  return accepted(data);
}

function judgeTally(data: TallyData, key: string, blockSlot: number, facts: SystemFacts): SystemVerdict {
  if (facts.validatorOfKey(key) === undefined) {
    return refused('not_a_validator', 'only a genesis validator puts a tally on the chain');
  }
  const epoch = epochOfSlot(blockSlot);
  if (data.epoch !== epoch) return refused('tally_epoch', `epoch ${data.epoch} in a block of epoch ${epoch}`);
  const due = facts.tallyDue(blockSlot);
  if (!due) return refused('tally_not_due', `epoch ${epoch} needs no tally`);
  if (!sameText(data, due)) return refused('tally_differs', `the proofs come to the tally ${due.hash}`);
  return accepted(due);
}

function sameText(one: TallyData, other: TallyData): boolean {
  try {
    return canonicalJson(one) === canonicalJson(other);
  } catch (error) {
    // What has no canonical form is surely not the tally that is due.
    if (error instanceof LedgerError) return false;
    throw error;
  }
}

function accepted(payload: SystemPayload): SystemVerdict {
  return { valid: true, payload };
}

function refused(fault: SystemFaultCode, detail: string): SystemVerdict {
  return { valid: false, fault, detail };
}
