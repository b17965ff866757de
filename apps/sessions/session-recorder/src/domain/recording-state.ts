import type { RECORDING_STATUSES } from '@lucid/contracts';

/**
 * ```
 *          start              stop                sealed
 *  (none) ──────▶ recording ───────▶ stopping ───────────▶ stopped
 *                     │                 │
 *                     └──── fault ──────┴────▶ failed
 * ```
 * recording: takes bytes. stopping: takes none, its last chunk is being sealed and registered. stopped: every byte is in a
 * registered chunk. failed: the disk gave up; acknowledged bytes are still sealed and processed.
 */
export type RecordingStatus = (typeof RECORDING_STATUSES)[number];

export type RecordingEvent = 'stop' | 'sealed' | 'fault';

const MOVES: Record<RecordingStatus, Partial<Record<RecordingEvent, RecordingStatus>>> = {
  recording: { stop: 'stopping', fault: 'failed' },
  stopping: { stop: 'stopping', sealed: 'stopped', fault: 'failed' },
  stopped: { stop: 'stopped' },
  failed: { stop: 'failed', sealed: 'failed', fault: 'failed' },
};

/** @returns the next status, or undefined when the event is not allowed there */
export const nextStatus = (status: RecordingStatus, event: RecordingEvent): RecordingStatus | undefined =>
  MOVES[status][event];

/** At rest nothing but the processing of chunks happens any more. */
export const isAtRest = (status: RecordingStatus): boolean => status === 'stopped' || status === 'failed';
