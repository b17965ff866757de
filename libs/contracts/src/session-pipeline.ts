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
  'stopping',
  'stopped',
  'error',
  'destroyed',
] as const;

const Stage = Strict({
  stage_name: OneOf(PIPELINE_STAGES),
  status: OneOf(['inactive', 'active', 'error', 'completed']),
  /** 0 to 100. */
  progress: Type.Integer({ minimum: 0, maximum: 100 }),
  retry_count: Count,
  error_message: Type.Optional(Type.String()),
});

export const Pipeline = Strict({
  session_id: Uuid,
  owner_id: Uuid,
  state: OneOf(PIPELINE_STATES),
  /** Status of the session that follows from the state. */
  session_status: SessionStatus,
  anchoring_status: AnchoringStatus,
  stages: Type.Array(Stage),
  statistics: Statistics,
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
  startPipeline: {
    method: 'POST',
    path: '/api/v1/pipelines/:session_id/start',
    summary: 'Create the pipeline and begin recording. Idempotent.',
    access: 'service',
    idempotent: true,
    params: SessionParams,
    body: Strict({ owner_id: Uuid, config: PipelineConfig }),
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
