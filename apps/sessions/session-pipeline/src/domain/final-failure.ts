import { ServiceError } from '@lucid/errors';
import { errors } from '../errors.ts';
import type { PipelineDocument } from './pipeline-document.ts';
import type { StageName } from './stages.ts';

const FINAL: ReadonlySet<number> = new Set(
  [
    errors.NOTHING_RECORDED,
    errors.CHUNK_QUARANTINED,
    errors.ROOT_MISMATCH,
    errors.ANCHORING_FAILED,
    errors.RECORDING_FAILED,
  ].map(({ code }) => code),
);

/** An anchoring, or a cleanup, that was away for so long is given up; whoever runs the system may recover it. */
export const PATIENCE_MS = 24 * 3_600_000;

/** What can never succeed, by our own judgement: a refusal by somebody else, whatever its status, is tried again. */
export const isFinal = (error: unknown): error is ServiceError =>
  error instanceof ServiceError && FINAL.has(error.code);

export const isGap = (error: unknown): boolean =>
  error instanceof ServiceError && error.code === errors.CHUNK_GAP.code;

export interface Circumstances {
  stage: StageName | undefined;
  nowMs: number;
  /** Looks at a gap before it is believed. */
  maxRetries: number;
}

/** Whether a failed step ends the pipeline. Outages are waited for; only those of a day end an anchoring or a cleanup. */
export function givesUp(
  error: unknown,
  { state, gaps, failing_since_ms }: PipelineDocument,
  { stage, nowMs, maxRetries }: Circumstances,
): boolean {
  if (state === 'stopped' || state === 'created' || state === 'destroyed' || state === 'error') return false;
  if (isFinal(error)) return true;
  if (isGap(error)) return gaps >= maxRetries;
  const hasPatience = state === 'cleanup' || stage === 'anchoring';
  return hasPatience && failing_since_ms !== undefined && nowMs - failing_since_ms >= PATIENCE_MS;
}

/** session-api takes no longer text. */
const MAX_REASON = 1000;

/** What a user may be told about a failure. What nobody foresaw stays in the log. */
export const reasonOf = (error: unknown): string =>
  error instanceof ServiceError ? error.message.slice(0, MAX_REASON) : 'Something went wrong here.';
