import { type CreateSession, LIMITS, type Session, type SessionProgress } from '@lucid/contracts';

/** A session as it is kept. */
export interface SessionDocument extends Omit<Session, 'session_id'> {
  _id: string;
  /** Newest progress of the pipeline that was applied. */
  progress_version: number;
  deleted_at?: string;
  /** Deleted, but key and files are still to be removed: when to try, in milliseconds since the epoch. */
  purge_due_ms?: number;
}

interface Creation {
  sessionId: string;
  userId: string;
  now: string;
  chunkSizeBytes: number;
}

export function newSession(
  wish: CreateSession,
  { sessionId, userId, now, chunkSizeBytes }: Creation,
): SessionDocument {
  return {
    _id: sessionId,
    user_id: userId,
    name: wish.name,
    ...(wish.description === undefined ? {} : { description: wish.description }),
    ...(wish.metadata === undefined ? {} : { metadata: wish.metadata }),
    status: 'created',
    pipeline_status: 'none',
    anchoring_status: 'none',
    compression_enabled: wish.compression_enabled ?? true,
    max_size_bytes: wish.max_size_bytes ?? LIMITS.defaultSessionBytes,
    chunk_size_bytes: wish.chunk_size_bytes ?? chunkSizeBytes,
    statistics: { size_bytes: 0, chunks_count: 0, chunks_stored: 0, stored_bytes: 0 },
    progress_version: 0,
    created_at: now,
    updated_at: now,
  };
}

/** What the contract shows of it. */
export function toSession(document: SessionDocument): Session {
  const { _id, progress_version: _version, deleted_at: _deleted, purge_due_ms: _purge, ...shown } = document;
  return { session_id: _id, ...shown };
}

type Times = Pick<Session, 'started_at' | 'stopped_at' | 'completed_at'>;

const HAS_RECORDED: ReadonlySet<string> = new Set(['recording', 'stopped', 'processing', 'completed']);
const HAS_STOPPED: ReadonlySet<string> = new Set(['stopped', 'processing', 'completed']);

/** The fields a progress report sets; the first report of each phase, or of a later one, sets its time. */
export function progressFields(
  document: Times,
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
  return { ...reported, ...times, progress_version: version, updated_at: now };
}
