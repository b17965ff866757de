import type { Pipeline, PipelineConfig } from '@lucid/contracts';
import { type LiveAnchoring, noCheckpoints } from './live-anchoring.ts';
import { type PipelineState, sessionStatusOf } from './pipeline-state.ts';
import {
  initialStages,
  isCompleted,
  overallProgress,
  type Stage,
  type StageName,
  toStage,
} from './stages.ts';

type Derived = 'session_id' | 'session_status' | 'progress' | 'stages' | 'live_anchoring';

/** A pipeline as it is kept: what the contract shows, and what drives it. */
export interface PipelineDocument extends Omit<Pipeline, Derived> {
  _id: string;
  config: PipelineConfig;
  stages: Stage[];
  /** When bytes could come in, as the recorder says. */
  recorded?: { from: string; until: string };
  live: LiveAnchoring;
  was_paused?: true;
  /** Times it was recovered. */
  recoveries: number;
  /** The anchoring that was given up is to be asked for again. */
  anchor_again?: true;
  /** Steps that failed since the last one that did not, and since when. */
  failures: number;
  failing_since_ms?: number;
  /** Of these, those that found chunks missing. */
  gaps: number;
  /** Last version that session-api has acknowledged. */
  reported_version: number;
  /** Milliseconds since the epoch; a pipeline at rest has none. */
  due_at_ms: number | null;
  lease: { token: string; expires_at_ms: number } | null;
}

/** @param now RFC 3339 */
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
    live: noCheckpoints(Date.parse(now)),
    recoveries: 0,
    version: 0,
    failures: 0,
    gaps: 0,
    reported_version: 0,
    due_at_ms: null,
    lease: null,
    created_at: now,
    updated_at: now,
  };
}

/** What a stage has worked through: chunks, or the one document that it makes. */
function itemsOf({ statistics, stages, live }: PipelineDocument, name: StageName): number {
  const { chunks_count, chunks_stored } = statistics;
  const isDone = isCompleted(stages, name);
  switch (name) {
    case 'recording':
      return chunks_count;
    case 'storage':
      return chunks_stored;
    case 'merkle_build':
      return isDone ? chunks_count : 0;
    case 'manifest':
      return isDone ? 1 : 0;
    case 'anchoring':
      return (live.told?.sequence ?? 0) + (isDone ? 1 : 0);
  }
}

/** What the contract shows of it. */
export function toPipeline(
  document: PipelineDocument,
  { nowMs, maxRetries }: { nowMs: number; maxRetries: number },
): Pipeline {
  const { _id, owner_id, state, anchoring_status, stages, statistics, live, version } = document;
  const { merkle_root, manifest_id, anchor, error, created_at, updated_at } = document;
  const { sequence = 0, chunk_count = 0, recorded_at } = live.told ?? {};
  return {
    session_id: _id,
    owner_id,
    state,
    session_status: sessionStatusFrom(document),
    anchoring_status,
    progress: overallProgress(stages),
    stages: stages.map((stage) =>
      toStage(stage, { items: itemsOf(document, stage.stage_name), nowMs, maxRetries }),
    ),
    statistics,
    live_anchoring: {
      sequence,
      chunk_count,
      ...(recorded_at === undefined ? {} : { recorded_at }),
      ...(live.error === undefined ? {} : { error: live.error }),
    },
    ...(merkle_root === undefined ? {} : { merkle_root }),
    ...(manifest_id === undefined ? {} : { manifest_id }),
    ...(anchor === undefined ? {} : { anchor }),
    ...(error === undefined ? {} : { error }),
    version,
    created_at,
    updated_at,
  };
}

export const sessionStatusFrom = ({ state, stages, recoveries }: PipelineDocument) =>
  sessionStatusOf(state, {
    recordingEnded: isCompleted(stages, 'recording'),
    anchored: isCompleted(stages, 'anchoring'),
    recovered: recoveries > 0,
  });

const ENDED: ReadonlySet<PipelineState> = new Set(['stopped', 'error', 'destroyed']);

/** Nothing left to do: ended, reported, and the anchor final (or never to be). */
export function isAtRest(document: PipelineDocument): boolean {
  const waitsForFinality = document.state === 'stopped' && document.anchoring_status === 'confirmed';
  return ENDED.has(document.state) && !waitsForFinality && document.reported_version >= document.version;
}
