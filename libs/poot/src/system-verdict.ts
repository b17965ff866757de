import type { SystemPayload } from './payloads.ts';

/**
 * Why a `system` transaction is refused, one word per reason:
 * - `kind_unknown`: neither task_proof, node_registration nor tally
 * - `shape`: fields missing, strange, or out of range
 * - `slot_passed`: the block it is judged for lies before the tip
 * - `node_unknown`: a proof of a node that nobody registered
 * - `node_key`: a proof signed with another key than the node's
 * - `node_pool`: a proof for another pool than the node's
 * - `slot_distance`: a proof more than two slots away from its block
 * - `proof_repeated`: a second proof of one node, slot and type
 * - `not_a_validator`: a registration or tally signed by somebody who may not
 * - `node_known`: a second registration of a node
 * - `key_taken`: a registration with a key that another node has
 * - `tally_epoch`: a tally of another epoch than the block's
 * - `tally_not_due`: the epoch has its tally, or there is nothing to say
 * - `tally_differs`: not what the proofs on the chain come to
 */
export type SystemFaultCode =
  | 'kind_unknown'
  | 'shape'
  | 'slot_passed'
  | 'node_unknown'
  | 'node_key'
  | 'node_pool'
  | 'slot_distance'
  | 'proof_repeated'
  | 'not_a_validator'
  | 'node_known'
  | 'key_taken'
  | 'tally_epoch'
  | 'tally_not_due'
  | 'tally_differs';

export interface SystemFault {
  readonly fault: SystemFaultCode;
  readonly detail: string;
}

/** Transactions of other types hold, with no payload: PoOT has nothing to say about them. */
export type SystemVerdict =
  | { readonly valid: true; readonly payload?: SystemPayload }
  | ({ readonly valid: false } & SystemFault);
