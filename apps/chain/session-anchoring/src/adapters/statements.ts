import { ZERO_HASH } from '@lucid/ledger';
import type { AnchoringDocument } from '../domain/anchoring-document.ts';
import { type CheckpointDocument, checkpointData, checkpointId } from '../domain/checkpoint-document.ts';
import type { Delivery } from '../domain/delivery.ts';
import { anchorData, type Saying } from '../domain/sayings.ts';
import type { Checkpoints } from './checkpoints.ts';
import type { Change } from './deliveries.ts';

/** What else a transaction must name: known, not yet, or never. */
export type Resolution<Doc extends Delivery> =
  | { is: 'ready'; change: Change<Doc> }
  | { is: 'waiting' }
  | { is: 'hopeless'; reason: string };

/** What one kind of delivery says on the chain, and when it may. */
export interface Statement<Doc extends Delivery> {
  readonly kind: 'anchor' | 'checkpoint';
  sessionOf(document: Doc): string;
  /** Looked up before the first signature: a transaction that was signed is never changed. */
  resolve(document: Doc): Promise<Resolution<Doc>>;
  saying(document: Doc): Saying;
  /** Whether it is looked after until it is final. */
  readonly awaitsFinality: boolean;
}

/** Names all checkpoints of the session, and waits until they are on the chain: their hashes are certain only then. */
export const anchorStatement = (checkpoints: Pick<Checkpoints, 'find'>): Statement<AnchoringDocument> => ({
  kind: 'anchor',
  sessionOf: ({ _id }) => _id,
  resolve: async ({ _id, checkpoint_count: count }) => {
    if (count === 0) return { is: 'ready', change: {} };
    const last = await checkpoints.find(checkpointId(_id, count));
    const seen = outcomeOf(last);
    return seen.is === 'confirmed'
      ? { is: 'ready', change: { checkpoints: { count, last: seen.tx_hash } } }
      : seen;
  },
  saying: (document) => ({ type: 'session_anchor', data: { ...anchorData(document) } }),
  awaitsFinality: true,
});

/** Names the checkpoint before, which must be on the chain first. */
export const checkpointStatement = (
  checkpoints: Pick<Checkpoints, 'find'>,
): Statement<CheckpointDocument> => ({
  kind: 'checkpoint',
  sessionOf: ({ session_id }) => session_id,
  resolve: async ({ session_id, sequence }) => {
    if (sequence === 1) return { is: 'ready', change: { previous: ZERO_HASH } };
    const seen = outcomeOf(await checkpoints.find(checkpointId(session_id, sequence - 1)));
    return seen.is === 'confirmed' ? { is: 'ready', change: { previous: seen.tx_hash } } : seen;
  },
  saying: (document) => ({ type: 'data_storage', data: { ...checkpointData(document) } }),
  awaitsFinality: false,
});

function outcomeOf(
  before: CheckpointDocument | null,
): { is: 'confirmed'; tx_hash: string } | { is: 'waiting' } | { is: 'hopeless'; reason: string } {
  if (!before) return { is: 'hopeless', reason: 'a checkpoint is missing' };
  const { status, transaction, error } = before;
  if (status === 'confirmed' && transaction) return { is: 'confirmed', tx_hash: transaction.tx_hash };
  if (status === 'failed' || status === 'expired')
    return { is: 'hopeless', reason: `a checkpoint ${status}: ${error ?? 'without a reason'}` };
  return { is: 'waiting' };
}
