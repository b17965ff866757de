import type { CreateSession, Session, UpdateSession } from '@lucid/contracts';
import { retentionUntil } from './retention.ts';
import { recordingStatusOf } from './session-status.ts';
import { isCompressed, maxSizeOf, recordingConfigOf, storageConfigOf } from './session-wish.ts';

/** A session as it is kept. */
export interface SessionDocument
  extends Omit<Session, 'session_id' | 'recording_status' | 'retention_until'> {
  _id: string;
  /** Newest progress of the pipeline that was applied. */
  progress_version: number;
  /** When bytes last came in, or it was started or resumed. */
  active_at?: string;
  deleted_at?: string;
  /** A start is under way until then at the latest: it counts as running. */
  reserved_until_ms?: number;
  /** To be removed, or to be removed again: when to try, in milliseconds since the epoch. */
  purge_due_ms?: number;
  /** When the sweep should look whether its time is over, in milliseconds since the epoch. */
  retention_due_ms?: number;
  /** When the sweep should move it to the archive, in milliseconds since the epoch. */
  archive_due_ms?: number;
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
    ...configFields(wish),
    status: 'created',
    pipeline_status: 'none',
    anchoring_status: 'none',
    encryption_enabled: true,
    chunk_size_bytes: wish.chunk_size_bytes ?? chunkSizeBytes,
    statistics: { size_bytes: 0, chunks_count: 0, chunks_stored: 0, stored_bytes: 0 },
    progress_version: 0,
    version: 1,
    created_at: now,
    updated_at: now,
  };
}

const configFields = (wish: Omit<CreateSession, 'name'>) => ({
  ...(wish.rdp_config === undefined
    ? {}
    : { rdp_config: { port: 3389, use_tls: true, ignore_cert: false, ...wish.rdp_config } }),
  recording_config: recordingConfigOf(wish.recording_config),
  storage_config: storageConfigOf(wish.storage_config),
  compression_enabled: isCompressed(wish),
  max_size_bytes: maxSizeOf(wish),
});

const CONFIGS = ['rdp_config', 'recording_config', 'storage_config'] as const;

/** Which configs an update would change. */
export const configsOf = (update: UpdateSession): string[] =>
  CONFIGS.filter((name) => update[name] !== undefined);

/** The fields an update sets. Configs are taken whole, what they leave out falls back to the defaults. */
export function updateFields(document: SessionDocument, update: UpdateSession): Partial<SessionDocument> {
  const { version: _version, ...fields } = update;
  if (configsOf(update).length === 0) return fields as Partial<SessionDocument>;
  const { rdp_config, recording_config, storage_config } = { ...document, ...fields };
  const configs = configFields({
    ...(rdp_config === undefined ? {} : { rdp_config }),
    recording_config,
    storage_config,
    ...(saysCompression(update) ? {} : { compression_enabled: document.compression_enabled }),
    ...(update.storage_config?.max_size_gb === undefined ? { max_size_bytes: document.max_size_bytes } : {}),
  });
  return { ...fields, ...configs } as Partial<SessionDocument>;
}

const saysCompression = ({ recording_config, storage_config }: UpdateSession): boolean =>
  recording_config?.compression !== undefined || storage_config?.compression_enabled !== undefined;

/** What sessions lack that were made before they had configs. */
const BEFORE_CONFIGS = {
  recording_config: recordingConfigOf(),
  storage_config: storageConfigOf(),
  encryption_enabled: true,
  version: 1,
};

/** What the contract shows of it. */
export function toSession(document: SessionDocument): Session {
  const {
    _id,
    progress_version: _progress,
    active_at: _active,
    deleted_at: _deleted,
    purge_due_ms: _purge,
    retention_due_ms: _retention,
    archive_due_ms: _archive,
    reserved_until_ms: _reserved,
    ...shown
  } = document;
  const until = retentionUntil(document);
  return {
    session_id: _id,
    ...BEFORE_CONFIGS,
    ...shown,
    recording_status: recordingStatusOf(document.status),
    ...(until === undefined ? {} : { retention_until: until }),
  };
}
