import type { Recording, Statistics } from '@lucid/contracts';
import { errors } from '../../errors.ts';
import { unlessUnknown } from './recording.ts';
import type { Step } from './step.ts';

const REFRESH_MS = 1000;

export const statisticsOf = (recording: Recording): Statistics => ({
  size_bytes: recording.durable_offset,
  chunks_count: recording.chunks_sealed,
  chunks_stored: recording.chunks_stored,
  stored_bytes: recording.stored_bytes,
});

/** While bytes arrive: how far is it, and is the recorder still well? */
export const watchRecording: Step = async (document, { clients }) => {
  const recording = await unlessUnknown(
    clients.recorder.getRecording({ params: { session_id: document._id } }),
  );
  if (!recording) throw errors.RECORDING_FAILED({ message: 'The recorder has lost the session.' });
  if (recording.status === 'failed')
    throw errors.RECORDING_FAILED({ message: recording.error ?? 'The recording failed.' });
  return { change: { statistics: statisticsOf(recording) }, pauseMs: REFRESH_MS };
};
