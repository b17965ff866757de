import { type Static, Type } from 'typebox';
import { AnyObject, Count, OneOf, Strict, Timestamp, Uuid } from './schemas.ts';
import { AnchoringStatus, SESSION_STATUSES, SessionStatus } from './session-types.ts';

/** The five steps of the seeds, each with how far it is. */
export const PROCESSING_STAGES = [
  'compression',
  'encryption',
  'storage',
  'merkle_build',
  'anchoring',
] as const;

const ProcessingStage = Strict({
  stage_name: OneOf(PROCESSING_STAGES),
  status: OneOf(['inactive', 'active', 'paused', 'error', 'completed']),
  progress: Type.Integer({ minimum: 0, maximum: 100 }),
  error_message: Type.Optional(Type.String()),
});

export const PipelineReport = Strict({
  session_id: Uuid,
  status: SessionStatus,
  pipeline_status: Type.String(),
  anchoring_status: AnchoringStatus,
  /** Of all stages together. */
  progress: Type.Integer({ minimum: 0, maximum: 100 }),
  stages: Type.Array(ProcessingStage),
  error: Type.Optional(Type.String()),
  updated_at: Timestamp,
});
export type PipelineReport = Static<typeof PipelineReport>;

/** What is known of one recording. What nobody can know (frames of an opaque stream) is absent, never 0. */
export const SessionStatistics = Strict({
  session_id: Uuid,
  status: SessionStatus,
  /** From the first byte that could come in until the end of the recording, or until now. */
  duration_seconds: Type.Optional(Type.Number({ minimum: 0 })),
  chunks_count: Count,
  chunks_stored: Count,
  size_bytes: Count,
  stored_bytes: Count,
  /** Plain bytes per stored byte, of what is stored. */
  compression_ratio: Type.Optional(Type.Number({ minimum: 0 })),
  average_bytes_per_second: Type.Optional(Type.Number({ minimum: 0 })),
  chunks_quarantined: Type.Optional(Count),
  error_count: Type.Optional(Count),
  frame_count: Type.Optional(Count),
  dropped_frames: Type.Optional(Count),
  average_fps: Type.Optional(Type.Number({ minimum: 0 })),
  updated_at: Timestamp,
});
export type SessionStatistics = Static<typeof SessionStatistics>;

export const PERIODS = ['1h', '24h', '7d', '30d', '90d', 'all'] as const;

/** Own sessions, or everybody's for an admin, that were created within the period. Deleted ones count by status alone. */
export const SessionTotals = Strict({
  period: OneOf(PERIODS),
  from: Type.Optional(Timestamp),
  until: Timestamp,
  total: Count,
  by_status: Strict(
    Object.fromEntries(SESSION_STATUSES.map((status) => [status, Count])) as Record<
      (typeof SESSION_STATUSES)[number],
      typeof Count
    >,
  ),
  size_bytes: Count,
  stored_bytes: Count,
  chunks_count: Count,
  chunks_stored: Count,
});

export const AUDIT_EVENTS = [
  'session_created',
  'session_updated',
  'session_deleted',
  'session_started',
  'session_paused',
  'session_resumed',
  'session_stopped',
  'session_archived',
  'session_restored',
  'session_expired',
  'session_watched',
  'chunk_accessed',
  'chunk_downloaded',
  'chunk_deleted',
  'recording_downloaded',
  'pipeline_started',
  'pipeline_stopped',
  'pipeline_paused',
  'pipeline_resumed',
  'permission_denied',
  'configuration_changed',
  'key_created',
  'key_used',
  'key_destroyed',
] as const;
export type AuditEvent = (typeof AUDIT_EVENTS)[number];

/** One row of the audit log: who did what, from where, and how it ended. Never a secret. */
export const AuditRow = Strict({
  log_id: Uuid,
  event_type: OneOf(AUDIT_EVENTS),
  /** Absent when the platform did it by itself. */
  user_id: Type.Optional(Uuid),
  session_id: Type.Optional(Uuid),
  /** Method and route, or the name of the sweep. */
  action: Type.String(),
  resource: Type.String(),
  result: OneOf(['ok', 'refused', 'failed']),
  details: Type.Optional(AnyObject),
  ip: Type.Optional(Type.String()),
  request_id: Type.Optional(Uuid),
  timestamp: Timestamp,
});
export type AuditRow = Static<typeof AuditRow>;
