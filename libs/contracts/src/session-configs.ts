import { type Static, Type } from 'typebox';
import { OneOf, Strict } from './schemas.ts';
import { LIMITS } from './session-types.ts';

export const SessionName = Type.String({ minLength: 1, maxLength: 255 });
export const SessionDescription = Type.String({ maxLength: 1000 });

export const SessionMetadata = Strict({
  project: Type.Optional(Type.String({ maxLength: 100 })),
  environment: Type.Optional(Type.String({ maxLength: 50 })),
  tags: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 50 }), { maxItems: 10 })),
  description: Type.Optional(Type.String({ maxLength: 500 })),
  owner: Type.Optional(Type.String({ maxLength: 100 })),
  priority: Type.Optional(OneOf(['low', 'normal', 'high', 'critical'])),
});

/** Where the desktop is. There is no field for a password, here or anywhere: `credential_ref` names one that a vault keeps. */
export const RdpConfig = Strict({
  host: Type.String({ minLength: 1, maxLength: 253, pattern: '^[A-Za-z0-9]([A-Za-z0-9.:-]*[A-Za-z0-9])?$' }),
  port: Type.Optional(Type.Integer({ minimum: 1, maximum: 65_535, default: 3389 })),
  username: Type.String({ minLength: 1, maxLength: 255 }),
  domain: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
  use_tls: Type.Optional(Type.Boolean({ default: true })),
  ignore_cert: Type.Optional(Type.Boolean({ default: false })),
  credential_ref: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._:/-]{0,199}$' })),
});
export type RdpConfig = Static<typeof RdpConfig>;

/** What the capturing client is asked for; bytes that arrive are recorded whatever they are. */
export const RecordingConfig = Strict({
  frame_rate: Type.Optional(Type.Integer({ minimum: 1, maximum: 120, default: 30 })),
  /** `width x height`, 320x240 to 7680x4320. */
  resolution: Type.Optional(Type.String({ pattern: '^[0-9]{3,4}x[0-9]{3,4}$', default: '1920x1080' })),
  quality: Type.Optional(OneOf(['low', 'medium', 'high', 'ultra'])),
  compression: Type.Optional(OneOf(['none', 'zstd'])),
  /** Bits per second. */
  bitrate: Type.Optional(Type.Integer({ minimum: 1000, maximum: 50_000_000, default: 2_000_000 })),
  audio: Type.Optional(Type.Boolean({ default: false })),
  cursor: Type.Optional(Type.Boolean({ default: true })),
});
export type RecordingConfig = Static<typeof RecordingConfig>;

export const StorageConfig = Strict({
  /** Days after completion until key and files are removed; manifest and anchor stay. */
  retention_days: Type.Optional(Type.Integer({ minimum: 1, maximum: 365, default: 30 })),
  /** GiB; never more than 100 come in. */
  max_size_gb: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 10 })),
  /** Recordings are always encrypted: `false` is refused. */
  encryption_enabled: Type.Optional(Type.Boolean({ default: true })),
  compression_enabled: Type.Optional(Type.Boolean({ default: true })),
  backup: Type.Optional(Type.Boolean({ default: false })),
  /** Move the files to the archive some days after completion; they are read as before. */
  archive: Type.Optional(Type.Boolean({ default: true })),
});
export type StorageConfig = Static<typeof StorageConfig>;

export const CreateSession = Strict({
  name: SessionName,
  description: Type.Optional(SessionDescription),
  metadata: Type.Optional(SessionMetadata),
  rdp_config: Type.Optional(RdpConfig),
  recording_config: Type.Optional(RecordingConfig),
  storage_config: Type.Optional(StorageConfig),
  compression_enabled: Type.Optional(Type.Boolean({ default: true })),
  /** Recordings are always encrypted: `false` is refused. */
  encryption_enabled: Type.Optional(Type.Boolean({ default: true })),
  max_size_bytes: Type.Optional(
    Type.Integer({ minimum: LIMITS.minSessionBytes, maximum: LIMITS.maxSessionBytes }),
  ),
  chunk_size_bytes: Type.Optional(
    Type.Integer({ minimum: LIMITS.minChunkBytes, maximum: LIMITS.maxChunkBytes }),
  ),
});
export type CreateSession = Static<typeof CreateSession>;

/** Configs can be changed only while the session is `created`. `version`, or the header If-Match, keeps two editors apart. */
export const UpdateSession = Strict({
  name: Type.Optional(SessionName),
  description: Type.Optional(SessionDescription),
  metadata: Type.Optional(SessionMetadata),
  rdp_config: Type.Optional(RdpConfig),
  recording_config: Type.Optional(RecordingConfig),
  storage_config: Type.Optional(StorageConfig),
  version: Type.Optional(Type.Integer({ minimum: 1 })),
});
export type UpdateSession = Static<typeof UpdateSession>;
