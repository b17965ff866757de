import type { Session, SessionProgress } from '@lucid/contracts';
import { retentionUntil } from './retention.ts';
import type { SessionDocument } from './session-document.ts';

type Times = Pick<Session, 'started_at' | 'stopped_at' | 'completed_at'>;

const HAS_RECORDED: ReadonlySet<string> = new Set([
  'recording',
  'paused',
  'stopped',
  'processing',
  'completed',
]);
const HAS_STOPPED: ReadonlySet<string> = new Set(['stopped', 'processing', 'completed']);
const HAS_ENDED: ReadonlySet<string> = new Set(['completed', 'failed']);

/** The fields a progress report sets; the first report of each phase, or of a later one, sets its time. */
export function progressFields(
  document: SessionDocument,
  progress: SessionProgress,
  now: string,
): Partial<SessionDocument> {
  const { version, ...reported } = progress;
  const { status } = progress;
  const times: Times = {
    ...(HAS_RECORDED.has(status) && !document.started_at ? { started_at: now } : {}),
    ...(HAS_STOPPED.has(status) && !document.stopped_at ? { stopped_at: now } : {}),
    ...(status === 'completed' && !document.completed_at ? { completed_at: now } : {}),
  };
  const fields = { ...reported, ...times, progress_version: version, updated_at: now };
  const until = HAS_ENDED.has(status) ? retentionUntil({ ...document, ...fields }) : undefined;
  return {
    ...fields,
    ...(isActive(document, progress) ? { active_at: now } : {}),
    ...(until === undefined ? {} : { retention_due_ms: Date.parse(until) }),
  };
}

/** Bytes came in, or it was started, paused or resumed. */
const isActive = (document: SessionDocument, { status, statistics }: SessionProgress): boolean =>
  status !== document.status || statistics.size_bytes > document.statistics.size_bytes;

/** Whether a report says more than counters: only then does the version of the session grow. */
export const isMoreThanCounters = (document: SessionDocument, progress: SessionProgress): boolean =>
  VERSIONED.some((name) => JSON.stringify(progress[name]) !== JSON.stringify(document[name]));

const VERSIONED = [
  'status',
  'pipeline_status',
  'anchoring_status',
  'merkle_root',
  'manifest_id',
  'anchor',
  'stop_reason',
  'error',
] as const;
