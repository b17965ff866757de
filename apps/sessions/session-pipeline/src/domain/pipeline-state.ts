import type { PIPELINE_STATES, SessionStatus } from '@lucid/contracts';
import { errors } from '../errors.ts';

/**
 * ```
 * created ─start─▶ starting ─ready─▶ active ─stop─▶ stopping ─done─▶ stopped
 *                     │                 │              │                │
 *                     ├─stop─▶ stopping │              │             destroy
 *                     └──────fail───────┴──────────────┴─▶ error ─destroy─▶ destroyed
 * ```
 * created: known, nothing runs. starting: key and recorder are being found. active: bytes arrive. stopping: no more bytes;
 * chunks are stored, the root built, the manifest signed and anchored. stopped: anchored. error: given up, says why.
 * destroyed: key, plaintext and files are gone.
 */
export type PipelineState = (typeof PIPELINE_STATES)[number];

export type PipelineEvent = 'start' | 'ready' | 'stop' | 'done' | 'fail' | 'destroy';

const NEXT: Readonly<Record<PipelineState, Partial<Record<PipelineEvent, PipelineState>>>> = {
  created: { start: 'starting', destroy: 'destroyed' },
  starting: { ready: 'active', stop: 'stopping', fail: 'error' },
  active: { stop: 'stopping', fail: 'error' },
  stopping: { done: 'stopped', fail: 'error' },
  stopped: { destroy: 'destroyed' },
  error: { destroy: 'destroyed' },
  destroyed: {},
};

/** @throws 7005 when the event is not allowed in this state */
export function nextState(state: PipelineState, event: PipelineEvent): PipelineState {
  const next = NEXT[state][event];
  if (!next) throw errors.ILLEGAL_TRANSITION({ details: { state, event } });
  return next;
}

/** States in which `event` is allowed: the filter of a compare-and-set. */
export const statesAllowing = (event: PipelineEvent): PipelineState[] =>
  (Object.keys(NEXT) as PipelineState[]).filter((state) => NEXT[state][event] !== undefined);

/** The session's status that follows. @param recordingEnded the recorder has sealed the last chunk */
export function sessionStatusOf(state: PipelineState, recordingEnded: boolean): SessionStatus {
  switch (state) {
    case 'created':
      return 'created';
    case 'starting':
      return 'starting';
    case 'active':
      return 'recording';
    case 'stopping':
      return recordingEnded ? 'processing' : 'stopped';
    case 'stopped':
      return 'completed';
    case 'error':
      return 'failed';
    case 'destroyed':
      return 'deleted';
  }
}
