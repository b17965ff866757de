import type { RECORDING_STATUSES } from '@lucid/contracts';

/**
 * ```
 *         start            opened                 stop               sealed
 *  (idle) ─────▶ starting ───────▶ recording ────────────▶ stopping ───────▶ stopped
 *                  │ │               │ ▲  │                 ▲ ▲  │
 *                  │ │         pause ▼ │ resume             │ │  │
 *                  │ │              paused ──────── stop ───┘ │  │
 *                  │ └───────────────┼────┼──────── stop ─────┘  │
 *                  └─────────────────┴────┴──────── fault ───────┴─▶ failed
 * ```
 * idle: nobody knows the session. starting: its record is written, its folder (and its capture) is being opened.
 * recording: takes bytes. paused: takes none for a while; what came before is sealed. stopping: the last chunk is being
 * sealed and registered; of client-cut chunks those that are missing are still taken for a moment. stopped: every byte is in
 * a registered chunk. failed: the error state; acknowledged bytes are still sealed and processed.
 */
export type RecordingStatus = (typeof RECORDING_STATUSES)[number];

export const RECORDING_EVENTS = ['opened', 'pause', 'resume', 'stop', 'sealed', 'fault'] as const;
export type RecordingEvent = (typeof RECORDING_EVENTS)[number];

const MOVES: Record<RecordingStatus, Partial<Record<RecordingEvent, RecordingStatus>>> = {
  starting: { opened: 'recording', stop: 'stopping', fault: 'failed' },
  recording: { opened: 'recording', pause: 'paused', resume: 'recording', stop: 'stopping', fault: 'failed' },
  paused: { opened: 'paused', pause: 'paused', resume: 'recording', stop: 'stopping', fault: 'failed' },
  stopping: { stop: 'stopping', sealed: 'stopped', fault: 'failed' },
  stopped: { stop: 'stopped' },
  failed: { stop: 'failed', sealed: 'failed', fault: 'failed' },
};

/** @returns the next status, or undefined when the event is not allowed there */
export const nextStatus = (status: RecordingStatus, event: RecordingEvent): RecordingStatus | undefined =>
  MOVES[status][event];

/** At rest nothing but the processing of chunks happens any more. */
export const isAtRest = (status: RecordingStatus): boolean => status === 'stopped' || status === 'failed';

/** A recording that may still grow: it needs its recorder. */
export const isUnderWay = (status: RecordingStatus): boolean =>
  status === 'starting' || status === 'recording' || status === 'paused';
