import type { ChunkStatus } from '@lucid/contracts';

/**
 * ```
 *              claim                 complete            delete
 *  recorded ──────────▶ processing ───────────▶ stored ─────────▶ deleted
 *     ▲                  │      │
 *     └── give back or ──┘      └── the last allowed data fault, or one that cannot be mended ──▶ quarantined
 *     ▲   lease expired                                                                                 │
 *     └───────────────────────────────── retry, by a person ────────────────────────────────────────────┘
 * ```
 * A claim of `processing` with an expired lease is a claim like any other. Quarantined chunks never block others.
 */
export const CHUNK_EVENTS = ['claim', 'complete', 'give_back', 'quarantine', 'retry', 'delete'] as const;
export type ChunkEvent = (typeof CHUNK_EVENTS)[number];

const MOVES: Record<ChunkStatus, Partial<Record<ChunkEvent, ChunkStatus>>> = {
  recorded: { claim: 'processing', delete: 'deleted', quarantine: 'quarantined' },
  processing: {
    claim: 'processing',
    complete: 'stored',
    give_back: 'recorded',
    quarantine: 'quarantined',
    delete: 'deleted',
  },
  stored: { complete: 'stored', delete: 'deleted' },
  quarantined: { retry: 'recorded', delete: 'deleted' },
  deleted: { delete: 'deleted' },
};

/** @returns the next status, or undefined when the event is not allowed there */
export const nextChunkStatus = (status: ChunkStatus, event: ChunkEvent): ChunkStatus | undefined =>
  MOVES[status][event];

/** Whose fault it was: the bytes' (counts towards quarantine) or the system's (an outage; does not). */
export type FailureFault = 'data' | 'system';

export interface FailedAttempt {
  /** Data faults so far. */
  attempts: number;
  /** Times it was given back without blame since. */
  deferrals: number;
  retryable: boolean;
  fault: FailureFault;
}

export interface AfterFailure {
  status: 'recorded' | 'quarantined';
  attempts: number;
  deferrals: number;
  /** How long nobody should try. */
  pauseMs: number;
}

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

/** What becomes of a chunk that a processor gives back. */
export function afterFailure(failed: FailedAttempt, maxAttempts: number): AfterFailure {
  const isSystem = failed.fault === 'system' && failed.retryable;
  const attempts = failed.attempts + (isSystem ? 0 : 1);
  const deferrals = isSystem ? failed.deferrals + 1 : 0;
  if (!failed.retryable || attempts >= maxAttempts)
    return { status: 'quarantined', attempts, deferrals, pauseMs: 0 };
  const step = Math.min(16, isSystem ? deferrals - 1 : attempts - 1);
  return {
    status: 'recorded',
    attempts,
    deferrals,
    pauseMs: Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** step),
  };
}
