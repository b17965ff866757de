import { type Static, Type } from 'typebox';
import { STOP_REASONS } from './recording-types.ts';
import { Count, Hash, OneOf, Strict, Timestamp, Uuid } from './schemas.ts';
import {
  RdpConfig,
  RecordingConfig,
  SessionDescription,
  SessionMetadata,
  SessionName,
  StorageConfig,
} from './session-configs.ts';
import { Pipeline } from './session-pipeline.ts';
import { Anchor, AnchoringStatus, SessionStatus, Statistics } from './session-types.ts';

/** Why a recording ended. */
export const StopReason = OneOf(STOP_REASONS);
export type StopReason = (typeof STOP_REASONS)[number];

/** Where the recorder is, as it follows from the status of the session. */
export const RECORDER_WORDS = [
  'idle',
  'starting',
  'recording',
  'paused',
  'stopping',
  'stopped',
  'error',
] as const;
export type RecorderWord = (typeof RECORDER_WORDS)[number];

export const Session = Strict({
  session_id: Uuid,
  user_id: Uuid,
  name: SessionName,
  description: Type.Optional(SessionDescription),
  metadata: Type.Optional(SessionMetadata),
  rdp_config: Type.Optional(RdpConfig),
  recording_config: RecordingConfig,
  storage_config: StorageConfig,
  status: SessionStatus,
  recording_status: OneOf(RECORDER_WORDS),
  pipeline_status: Type.String(),
  anchoring_status: AnchoringStatus,
  compression_enabled: Type.Boolean(),
  encryption_enabled: Type.Boolean(),
  max_size_bytes: Count,
  chunk_size_bytes: Count,
  statistics: Statistics,
  merkle_root: Type.Optional(Hash),
  manifest_id: Type.Optional(Uuid),
  anchor: Type.Optional(Anchor),
  live_anchoring: Pipeline.properties.live_anchoring,
  stop_reason: Type.Optional(StopReason),
  error: Type.Optional(Type.String()),
  /** Grows with every change but those of the statistics; the ETag of the session. */
  version: Type.Integer({ minimum: 1 }),
  created_at: Timestamp,
  updated_at: Timestamp,
  started_at: Type.Optional(Timestamp),
  stopped_at: Type.Optional(Timestamp),
  completed_at: Type.Optional(Timestamp),
  archived_at: Type.Optional(Timestamp),
  /** From when on key and files may be removed. */
  retention_until: Type.Optional(Timestamp),
  /** Key and files were removed; manifest, proof and anchor stay. */
  purged_at: Type.Optional(Timestamp),
});
export type Session = Static<typeof Session>;

/** What the pipeline tells about a session; applied only when `version` is newer than the last one applied. */
export const SessionProgress = Strict({
  version: Type.Integer({ minimum: 1 }),
  status: SessionStatus,
  pipeline_status: Type.String(),
  anchoring_status: AnchoringStatus,
  statistics: Statistics,
  merkle_root: Type.Optional(Hash),
  manifest_id: Type.Optional(Uuid),
  anchor: Type.Optional(Anchor),
  live_anchoring: Pipeline.properties.live_anchoring,
  stop_reason: Type.Optional(StopReason),
  error: Type.Optional(Type.String({ maxLength: 1000 })),
});
export type SessionProgress = Static<typeof SessionProgress>;
