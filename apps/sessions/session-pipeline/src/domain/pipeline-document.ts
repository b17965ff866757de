import type { Pipeline, PipelineConfig } from '@lucid/contracts';
import { type PipelineState, sessionStatusOf } from './pipeline-state.ts';
import { initialStages, isCompleted } from './stages.ts';

/** A pipeline as it is kept: what the contract shows, and what drives it. */
export interface PipelineDocument extends Omit<Pipeline, 'session_id' | 'session_status'> {
  _id: string;
  config: PipelineConfig;
  /** When bytes could come in, as the recorder says. */
  recorded?: { from: string; until: string };
  /** Steps that failed since the last one that did not. */
  failures: number;
  /** Last version that session-api has acknowledged. */
  reported_version: number;
  /** Milliseconds since the epoch; a pipeline at rest has none. */
  due_at_ms: number | null;
  lease: { token: string; expires_at_ms: number } | null;
}

export function newPipeline(
  sessionId: string,
  ownerId: string,
  config: PipelineConfig,
  now: string,
): PipelineDocument {
  return {
    _id: sessionId,
    owner_id: ownerId,
    config,
    state: 'created',
    anchoring_status: 'none',
    stages: initialStages(),
    statistics: { size_bytes: 0, chunks_count: 0, chunks_stored: 0, stored_bytes: 0 },
    version: 0,
    failures: 0,
    reported_version: 0,
    due_at_ms: null,
    lease: null,
    created_at: now,
    updated_at: now,
  };
}

/** What the contract shows of it. */
export function toPipeline(document: PipelineDocument): Pipeline {
  const {
    _id,
    config: _config,
    recorded: _recorded,
    failures: _failures,
    reported_version: _reported,
    due_at_ms: _due,
    lease: _lease,
    ...shown
  } = document;
  return {
    session_id: _id,
    ...shown,
    session_status: sessionStatusOf(document.state, isCompleted(document.stages, 'recording')),
  };
}

const ENDED: ReadonlySet<PipelineState> = new Set(['stopped', 'error', 'destroyed']);

/** Nothing left to do: ended, reported, and the anchor final (or never to be). */
export function isAtRest(document: PipelineDocument): boolean {
  const waitsForFinality = document.state === 'stopped' && document.anchoring_status === 'confirmed';
  return ENDED.has(document.state) && !waitsForFinality && document.reported_version >= document.version;
}
