import { isoTime } from '@lucid/clock';
import { completeStage, withStage } from '../../domain/stages.ts';
import { errors } from '../../errors.ts';
import { unlessUnknown } from './recording.ts';
import type { Step } from './step.ts';
import { statisticsOf } from './watch-recording.ts';

const POLL_MS = 250;

/** Has the last chunk sealed; from here on the number of chunks is known. */
export const endRecording: Step = async (document, { clients, clock }) => {
  const recording = await unlessUnknown(
    clients.recorder.stopRecording({ params: { session_id: document._id } }),
  );
  // Stopped before a recorder was found, or lost by it.
  if (!recording)
    throw document.statistics.size_bytes > 0 ? errors.RECORDING_FAILED() : errors.NOTHING_RECORDED();
  if (recording.status === 'failed')
    throw errors.RECORDING_FAILED({ message: recording.error ?? 'The recording failed.' });
  const statistics = statisticsOf(recording);
  if (recording.status !== 'stopped') return { change: { statistics }, pauseMs: POLL_MS };
  if (recording.chunks_sealed === 0) throw errors.NOTHING_RECORDED();
  const recorded = { from: recording.started_at, until: recording.stopped_at ?? isoTime(clock) };
  const stages = withStage(completeStage(document.stages, 'recording'), 'storage', { status: 'active' });
  return { change: { statistics, recorded, stages }, pauseMs: 0 };
};
