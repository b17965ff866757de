import { ZERO_HASH } from '@lucid/ledger';
import type { CheckpointDocument, CheckpointRequest } from '../domain/checkpoint-document.ts';
import { errors } from '../errors.ts';
import type { Deps } from './deps.ts';
import { onTheChain } from './request-anchoring.ts';

type PutDeps = Pick<Deps, 'checkpoints' | 'checkpointWorker' | 'maxWaiting' | 'gatherMs' | 'instruments'>;

/**
 * Takes a checkpoint, or finds what stands for it already.
 * @throws 6403 when too many wait, 6404 for a day or a root that cannot be, 6405, 6406
 */
export async function putCheckpoint(
  { checkpoints, checkpointWorker, maxWaiting, gatherMs, instruments }: PutDeps,
  asked: CheckpointRequest,
): Promise<{ checkpoint: CheckpointDocument; isNew: boolean }> {
  const isEmpty = asked.chunk_count === 0;
  if (isEmpty !== (asked.merkle_root === ZERO_HASH) || isEmpty !== (asked.total_size === 0))
    throw errors.ANCHORING_INVALID({ details: { field: 'merkle_root' } });
  const request = { ...asked, recorded_at: onTheChain(asked.recorded_at, 'recorded_at') };
  if ((await checkpoints.waiting()) >= maxWaiting)
    throw errors.ANCHORING_FULL({ headers: { 'retry-after': '10' } });
  const put = await checkpoints.put(request, gatherMs);
  if (put.isNew) {
    instruments.session_checkpoints_total.inc({ status: 'pending' });
    checkpointWorker.nudge();
  }
  return put;
}
