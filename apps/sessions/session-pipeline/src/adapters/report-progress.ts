import type { SessionProgress } from '@lucid/contracts';
import { type PipelineDocument, sessionStatusFrom } from '../domain/pipeline-document.ts';
import type { Clients } from './clients.ts';

/** What session-api is told. */
export function progressOf(document: PipelineDocument): SessionProgress {
  const { version, state, anchoring_status, statistics, merkle_root, manifest_id, anchor, error } = document;
  const { told, error: checkpointError } = document.live;
  return {
    version,
    status: sessionStatusFrom(document),
    pipeline_status: state,
    anchoring_status,
    statistics,
    ...(merkle_root === undefined ? {} : { merkle_root }),
    ...(manifest_id === undefined ? {} : { manifest_id }),
    ...(anchor === undefined ? {} : { anchor }),
    ...(told === undefined
      ? {}
      : {
          live_anchoring: { ...told, ...(checkpointError === undefined ? {} : { error: checkpointError }) },
        }),
    ...(error === undefined ? {} : { error }),
  };
}

/** A report waits for nobody long: the pipeline has more to do. */
const REPORT_TIMEOUT_MS = 5000;

/** @returns the version session-api now has */
export async function reportProgress(api: Clients['api'], document: PipelineDocument): Promise<number> {
  await api.putProgress({
    params: { session_id: document._id },
    body: progressOf(document),
    timeoutMs: REPORT_TIMEOUT_MS,
  });
  return document.version;
}
