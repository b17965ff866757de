import { type Static, Type } from 'typebox';
import { contract } from './endpoint.ts';
import { Count, Hash, OneOf, Strict, Timestamp, Uuid } from './schemas.ts';
import {
  Anchor,
  AnchoringStatus,
  LIMITS,
  SessionParams,
  SessionStatus,
  Statistics,
} from './session-types.ts';

export const PIPELINE_STAGES = ['recording', 'storage', 'merkle_build', 'manifest', 'anchoring'] as const;
export const PIPELINE_STATES = [
  'created',
  'starting',
  'active',
  'pausing',
  'paused',
  'stopping',
  'stopped',
  'error',
  'cleanup',
  'destroyed',
] as const;

const StageMetrics = Strict({
  /** Chunks, or documents where a stage makes one. */
  items_processed: Count,
  errors_count: Count,
  /** From the stage's beginning to its end, or to now. */
  processing_time_ms: Count,
  throughput_per_second: Type.Number({ minimum: 0 }),
});

const Stage = Strict({
  stage_name: OneOf(PIPELINE_STAGES),
  status: OneOf(['inactive', 'active', 'paused', 'error', 'completed']),
  /** 0 to 100. */
  progress: Type.Integer({ minimum: 0, maximum: 100 }),
  retry_count: Count,
  /** Tries of what may pass by itself; outages are waited for and not counted. */
  max_retries: Count,
  metrics: StageMetrics,
  error_message: Type.Optional(Type.String()),
});

/** What was put on the chain while the recording ran. */
const LiveAnchoring = Strict({
  /** Sequence of the last checkpoint that anchoring has taken; 0 for none. */
  sequence: Count,
  /** Chunks it covers. */
  chunk_count: Count,
  recorded_at: Type.Optional(Timestamp),
  error: Type.Optional(Type.String()),
});

export const Pipeline = Strict({
  session_id: Uuid,
  owner_id: Uuid,
  state: OneOf(PIPELINE_STATES),
  /** Status of the session that follows from the state. */
  session_status: SessionStatus,
  anchoring_status: AnchoringStatus,
  /** Of the whole, 0 to 100. */
  progress: Type.Integer({ minimum: 0, maximum: 100 }),
  stages: Type.Array(Stage),
  statistics: Statistics,
  live_anchoring: Type.Optional(LiveAnchoring),
  merkle_root: Type.Optional(Hash),
  manifest_id: Type.Optional(Uuid),
  anchor: Type.Optional(Anchor),
  error: Type.Optional(Type.String()),
  version: Count,
  created_at: Timestamp,
  updated_at: Timestamp,
});
export type Pipeline = Static<typeof Pipeline>;

export const PipelineConfig = Strict({
  chunk_size_bytes: Type.Integer({ minimum: LIMITS.minChunkBytes, maximum: LIMITS.maxChunkBytes }),
  max_size_bytes: Type.Integer({ minimum: LIMITS.minSessionBytes, maximum: LIMITS.maxSessionBytes }),
  compression_enabled: Type.Boolean(),
});
export type PipelineConfig = Static<typeof PipelineConfig>;

/** What can change while the service runs, for all instances. */
export const PipelineSettings = Strict({
  /** Pause between two checkpoints of a recording; 0 turns them off. */
  live_anchor_seconds: Type.Integer({ minimum: 0, maximum: 86_400 }),
  /** Tries of a stage that found something missing, before the session fails. */
  max_retries: Type.Integer({ minimum: 0, maximum: 100 }),
});
export type PipelineSettings = Static<typeof PipelineSettings>;

export const sessionPipeline = contract('lucid-session-pipeline', 'Session pipeline', {
  pipelineStatus: {
    method: 'GET',
    path: '/api/v1/pipeline/status',
    summary: 'Counters of the pipelines.',
    access: 'open',
    replies: {
      200: Strict({
        status: OneOf(['ready', 'busy', 'draining']),
        active_pipelines: Count,
        queue_depth: Count,
        stages: Type.Array(Strict({ stage_name: OneOf(PIPELINE_STAGES), pipelines: Count })),
      }),
    },
  },
  createPipeline: {
    method: 'POST',
    path: '/api/v1/pipelines',
    summary: 'Make a pipeline known without starting it. Idempotent.',
    access: 'service',
    idempotent: true,
    body: Strict({ session_id: Uuid, owner_id: Uuid, config: PipelineConfig }),
    replies: { 201: Pipeline, 200: Pipeline },
  },
  startPipeline: {
    method: 'POST',
    path: '/api/v1/pipelines/:session_id/start',
    summary: 'Create the pipeline unless it is known, and begin recording. Idempotent.',
    access: 'service',
    idempotent: true,
    params: SessionParams,
    body: Strict({ owner_id: Uuid, config: PipelineConfig }),
    replies: { 200: Pipeline },
  },
  pausePipeline: {
    method: 'POST',
    path: '/api/v1/pipelines/:session_id/pause',
    summary: 'Take no more bytes for now. Idempotent.',
    access: 'service',
    idempotent: true,
    params: SessionParams,
    replies: { 200: Pipeline },
  },
  resumePipeline: {
    method: 'POST',
    path: '/api/v1/pipelines/:session_id/resume',
    summary: 'Take bytes again. Idempotent.',
    access: 'service',
    idempotent: true,
    params: SessionParams,
    replies: { 200: Pipeline },
  },
  stopPipeline: {
    method: 'POST',
    path: '/api/v1/pipelines/:session_id/stop',
    summary: 'End recording; the rest follows by itself. Idempotent.',
    access: 'service',
    idempotent: true,
    params: SessionParams,
    replies: { 200: Pipeline },
  },
  recoverPipeline: {
    method: 'POST',
    path: '/api/v1/pipelines/:session_id/recover',
    summary: 'Try again what has failed, from the stage it failed in. Nothing more is recorded.',
    access: 'service',
    params: SessionParams,
    replies: { 200: Pipeline },
  },
  cleanupPipeline: {
    method: 'POST',
    path: '/api/v1/pipelines/:session_id/cleanup',
    summary:
      'Remove the session’s plaintext, key and files, again and again until they are gone. Idempotent.',
    access: 'service',
    idempotent: true,
    params: SessionParams,
    replies: { 200: Pipeline },
  },
  pipelineSettings: {
    method: 'GET',
    path: '/api/v1/config',
    summary: 'What can change while the service runs.',
    access: 'service',
    replies: { 200: PipelineSettings },
  },
  changePipelineSettings: {
    method: 'PUT',
    path: '/api/v1/config',
    summary: 'Change it for all instances, within seconds.',
    access: 'service',
    body: PipelineSettings,
    replies: { 200: PipelineSettings },
  },
  getPipeline: {
    method: 'GET',
    path: '/api/v1/pipelines/:session_id',
    summary: 'One pipeline.',
    access: 'service',
    params: SessionParams,
    replies: { 200: Pipeline },
  },
  destroyPipeline: {
    method: 'DELETE',
    path: '/api/v1/pipelines/:session_id',
    summary: 'Forget a pipeline at rest and remove the session’s plaintext, key and files.',
    access: 'service',
    params: SessionParams,
    replies: { 204: 'empty' },
  },
});
