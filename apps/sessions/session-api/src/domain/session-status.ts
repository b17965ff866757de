import type { RecorderWord, SessionStatus } from '@lucid/contracts';

/**
 * ```
 * created ─start─▶ starting ─begun─▶ recording ─stop─▶ stopped ─sealed─▶ processing ─anchored─▶ completed
 *    │                │ │             │  ▲  │            │                │  ▲                     │
 *    │              fail└─stop─▶ ..  pause resume        │              fail retry                 │
 *    │                │               ▼  │               │                ▼  │                     │
 *    │                └──▶ failed ◀─fail─ paused ─stop─▶ stopped         failed                    │
 *    └───────────────────────delete────────▶ deleted ◀─┴─────delete───────┴──────────delete────────┘
 * ```
 * created: nothing recorded. starting: key and recorder are being found. recording: bytes arrive. paused: none are taken.
 * stopped: the last chunk is being sealed. processing: stored, proven, anchored. completed: a block holds it. failed: says why.
 * deleted: key shredded; the end.
 */
export const SESSION_EVENTS = [
  'start',
  'begun',
  'pause',
  'resume',
  'stop',
  'sealed',
  'anchored',
  'fail',
  'retry',
  'delete',
] as const;
export type SessionEventName = (typeof SESSION_EVENTS)[number];

const NEXT: Readonly<Record<SessionStatus, Partial<Record<SessionEventName, SessionStatus>>>> = {
  created: { start: 'starting', delete: 'deleted' },
  starting: { begun: 'recording', stop: 'stopped', fail: 'failed' },
  recording: { pause: 'paused', stop: 'stopped', fail: 'failed' },
  paused: { resume: 'recording', stop: 'stopped', fail: 'failed' },
  stopped: { sealed: 'processing', fail: 'failed', delete: 'deleted' },
  processing: { anchored: 'completed', fail: 'failed' },
  completed: { delete: 'deleted' },
  failed: { retry: 'processing', delete: 'deleted' },
  deleted: {},
};

/** @returns undefined when the event is not allowed in this status */
export const nextStatus = (status: SessionStatus, event: SessionEventName): SessionStatus | undefined =>
  NEXT[status][event];

/** Asking again for what is under way is a repeat, not an error: answers get lost. */
const REPEATS: Readonly<Partial<Record<SessionEventName, readonly SessionStatus[]>>> = {
  start: ['starting', 'recording'],
  pause: ['paused'],
  resume: ['recording'],
  stop: ['stopped', 'processing'],
};

/** May a user ask for this now? */
export const mayAsk = (status: SessionStatus, event: SessionEventName): boolean =>
  nextStatus(status, event) !== undefined || (REPEATS[event]?.includes(status) ?? false);

/** Reports skip what was short: is `to` somewhere after `from`, or where it is already? Deletion is no report's to make. */
export function isReachable(from: SessionStatus, to: SessionStatus): boolean {
  const seen = new Set<SessionStatus>([from]);
  for (const status of seen)
    for (const event of SESSION_EVENTS) {
      const next = event === 'delete' ? undefined : nextStatus(status, event);
      if (next) seen.add(next);
    }
  return seen.has(to);
}

const RECORDER: Readonly<Record<SessionStatus, RecorderWord>> = {
  created: 'idle',
  starting: 'starting',
  recording: 'recording',
  paused: 'paused',
  stopped: 'stopping',
  processing: 'stopped',
  completed: 'stopped',
  failed: 'error',
  deleted: 'stopped',
};

export const recordingStatusOf = (status: SessionStatus): RecorderWord => RECORDER[status];

/** Those that hold a recorder: they count against the limits of sessions at the same time, and are watched by the sweep. */
export const RUNNING: readonly SessionStatus[] = ['starting', 'recording', 'paused'];

/** Nothing more happens to the recording by itself. */
export const hasEnded = (status: SessionStatus): boolean =>
  status === 'completed' || status === 'failed' || status === 'deleted';
