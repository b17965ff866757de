import type { Recording, Statistics } from '@lucid/contracts';
import { nextState } from '../../domain/pipeline-state.ts';
import { withStage } from '../../domain/stages.ts';
import { errors } from '../../errors.ts';
import { writeCheckpoint } from '../write-checkpoint.ts';
import { unlessUnknown } from './recording.ts';
import type { Step } from './step.ts';

const REFRESH_MS = 1000;

export const statisticsOf = (recording: Recording): Statistics => ({
  size_bytes: recording.durable_offset,
  chunks_count: recording.chunks_sealed,
  chunks_stored: recording.chunks_stored,
  stored_bytes: recording.stored_bytes,
});

/**
 * While bytes may arrive, or are kept from arriving: how far is it, is the recorder well, does it do what it should, has
 * it ended the recording by itself? Now and then what is stored is put on the chain.
 */
export const watchRecording: Step = async (document, deps) => {
  const { clients } = deps;
  const params = { session_id: document._id };
  if (document.recoveries > 0) return { change: { state: nextState(document.state, 'stop') }, pauseMs: 0 };
  const seen = await unlessUnknown(clients.recorder.getRecording({ params }));
  if (!seen) throw errors.RECORDING_FAILED({ message: 'The recorder has lost the session.' });
  if (seen.status === 'failed')
    throw errors.RECORDING_FAILED({ message: seen.error ?? 'The recording failed.' });
  if (seen.status === 'stopping' || seen.status === 'stopped')
    return {
      change: { statistics: statisticsOf(seen), state: nextState(document.state, 'stop') },
      pauseMs: 0,
    };
  const isPaused = document.state === 'paused';
  const isAsked = isPaused ? seen.status === 'paused' : seen.status !== 'paused';
  const recording = isAsked
    ? seen
    : (await (isPaused ? clients.recorder.pauseRecording : clients.recorder.resumeRecording)({ params }))
        .body;
  const live = await writeCheckpoint(document, deps);
  const stages = withStage(document.stages, 'recording', { status: isPaused ? 'paused' : 'active' });
  return {
    change: { statistics: statisticsOf(recording), stages, ...(live ? { live } : {}) },
    pauseMs: REFRESH_MS,
  };
};
