import { lookAgainMs } from '../../domain/look-again.ts';
import { completeStage, withStage } from '../../domain/stages.ts';
import { errors } from '../../errors.ts';
import { unlessUnknown } from './recording.ts';
import type { Step } from './step.ts';
import { statisticsOf } from './watch-recording.ts';

/** Waits until every sealed chunk is in storage. */
export const awaitStorage: Step = async (document, { clients, clock }) => {
  const recording = await unlessUnknown(
    clients.recorder.getRecording({ params: { session_id: document._id } }),
  );
  if (!recording) throw errors.RECORDING_FAILED({ message: 'The recorder has lost the session.' });
  if (recording.chunks_quarantined > 0)
    throw errors.CHUNK_QUARANTINED({ details: { quarantined: recording.chunks_quarantined } });
  const statistics = statisticsOf(recording);
  const isDone = statistics.chunks_stored === statistics.chunks_count;
  const progress = Math.floor((100 * statistics.chunks_stored) / statistics.chunks_count);
  const stages = isDone
    ? completeStage(document.stages, 'storage')
    : withStage(document.stages, 'storage', { status: 'active', progress });
  return {
    change: { statistics, stages },
    pauseMs: isDone ? 0 : lookAgainMs(stages, 'storage', clock.nowMs()),
  };
};
