import type { SessionStatus } from '@lucid/contracts';

/**
 * ```
 * created ──▶ starting ──▶ recording ──▶ stopped ──▶ processing ──▶ completed
 *    │           └────────────┴─────────────┴────────────┴──▶ failed   │
 *    └──────────────────────────▶ deleted ◀───────────────────┴────────┘
 * ```
 * created: nothing recorded. starting: key and recorder are being found. recording: bytes arrive. stopped: the last chunk is
 * being sealed. processing: stored, proven, anchored. completed: a block holds it. failed: says why. deleted: key shredded.
 */
const STARTABLE: ReadonlySet<SessionStatus> = new Set(['created', 'starting', 'recording']);
const STOPPABLE: ReadonlySet<SessionStatus> = new Set(['starting', 'recording', 'stopped', 'processing']);
const DELETABLE: ReadonlySet<SessionStatus> = new Set(['created', 'completed', 'failed']);

/** Starting what already starts or records is a repeat, not an error. */
export const mayStart = (status: SessionStatus): boolean => STARTABLE.has(status);
/** Stopping what already stops is a repeat, not an error. */
export const mayStop = (status: SessionStatus): boolean => STOPPABLE.has(status);
export const mayDelete = (status: SessionStatus): boolean => DELETABLE.has(status);
