import type { PIPELINE_STATES, SessionStatus } from '@lucid/contracts';
import { errors } from '../errors.ts';

/**
 * ```
 *            ┌───────────────────────────── recover ─────────────────────────────┐
 *            ▼                                                                   │
 * created ─start─▶ starting ─ready─▶ active ─stop─▶ stopping ─done─▶ stopped ────┤
 *    │                │              │  ▲  ▲            ▲               │        │
 *    │                │            pause │ resume        │          ┌────┤        │
 *    │                │              ▼   │  │            │       cleanup │       │
 *    │                │         pausing ─done─▶ paused   │          │  destroy    │
 *    │                │              │          │        │          ▼    │        │
 *    │                └─────stop─────┴──────────┴────────┘       cleanup─┼─done┐  │
 *    │                                                              │    │     ▼  │
 *  destroy ─────────────────────────────────────────────────────────┼────┴▶ destroyed
 *                                                                   │          ▲ │
 * created, starting, active, pausing, paused, stopping, cleanup ─error─▶ error ─┤ │
 *                                                    destroy; cleanup ─▶ cleanup┘ │
 *                                                                     recover ────┘
 * ```
 * created: known, nothing runs. starting: key and recorder are being found. active: bytes arrive. pausing: the recorder is
 * being told. paused: no bytes arrive for now. stopping: no more bytes; chunks are stored, the root built, the manifest
 * signed and anchored. stopped: anchored. error: given up, says why. cleanup: key, plaintext and files are being removed.
 * destroyed: they are gone. What is recovered goes through created, starting and active again, but records nothing more.
 */
export type PipelineState = (typeof PIPELINE_STATES)[number];

export type PipelineEvent =
  | 'start'
  | 'ready'
  | 'pause'
  | 'resume'
  | 'stop'
  | 'done'
  | 'error'
  | 'recover'
  | 'cleanup'
  | 'destroy';

const NEXT: Readonly<Record<PipelineState, Partial<Record<PipelineEvent, PipelineState>>>> = {
  created: { start: 'starting', error: 'error', destroy: 'destroyed' },
  starting: { ready: 'active', stop: 'stopping', error: 'error' },
  active: { pause: 'pausing', stop: 'stopping', error: 'error' },
  pausing: { done: 'paused', stop: 'stopping', error: 'error' },
  paused: { resume: 'active', stop: 'stopping', error: 'error' },
  stopping: { done: 'stopped', error: 'error' },
  stopped: { recover: 'created', cleanup: 'cleanup', destroy: 'destroyed' },
  error: { recover: 'created', cleanup: 'cleanup', destroy: 'destroyed' },
  cleanup: { done: 'destroyed', error: 'error' },
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

/** What of a pipeline the status of its session follows from, besides its state. */
export interface SessionFacts {
  /** The recorder has sealed the last chunk. */
  recordingEnded: boolean;
  /** Its anchor is in a block. */
  anchored: boolean;
  /** It was recovered: nothing more is recorded. */
  recovered: boolean;
}

/** The session's status that follows. */
export function sessionStatusOf(
  state: PipelineState,
  { recordingEnded, anchored, recovered }: SessionFacts,
): SessionStatus {
  switch (state) {
    case 'error':
      return 'failed';
    case 'cleanup':
    case 'destroyed':
      return 'deleted';
    case 'stopped':
      return 'completed';
  }
  if (anchored) return 'completed';
  if (recovered) return 'processing';
  switch (state) {
    case 'created':
      return 'created';
    case 'starting':
      return 'starting';
    case 'active':
    case 'pausing':
      return 'recording';
    case 'paused':
      return 'paused';
    case 'stopping':
      return recordingEnded ? 'processing' : 'stopped';
  }
}
