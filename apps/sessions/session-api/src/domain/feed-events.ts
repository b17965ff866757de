import type { SessionEvent } from '@lucid/contracts';
import { type SessionDocument, toSession } from './session-document.ts';
import { hasEnded } from './session-status.ts';

/** `sequence` and `at` are the connection's to say. */
type Bare<Frame> = Frame extends unknown ? Omit<Frame, 'sequence' | 'at'> : never;
export type BareEvent = Bare<SessionEvent>;

/**
 * What has happened to a session between two looks at it. However much lies between them, the answer is at most one event of each
 * kind: a reader that falls behind misses steps, never the outcome.
 * @param before nothing for the first look
 */
export function feedEvents(before: SessionDocument | undefined, now: SessionDocument): BareEvent[] {
  const events: BareEvent[] = before ? changes(before, now) : [{ type: 'snapshot', session: toSession(now) }];
  if (hasEnded(now.status)) events.push({ type: 'end', status: now.status });
  return events;
}

function changes(before: SessionDocument, now: SessionDocument): BareEvent[] {
  const differs = (...names: (keyof SessionDocument)[]): boolean =>
    names.some((name) => JSON.stringify(before[name]) !== JSON.stringify(now[name]));
  const { statistics, live_anchoring } = now;
  const { chunks_stored, stored_bytes } = statistics;
  const events: BareEvent[] = [];
  if (differs('status', 'pipeline_status', 'stop_reason', 'error')) events.push(statusOf(now));
  if (differs('statistics')) events.push({ type: 'statistics', statistics });
  if (chunks_stored > before.statistics.chunks_stored)
    events.push({ type: 'chunks_stored', chunks_stored, stored_bytes });
  if (live_anchoring && differs('live_anchoring')) events.push({ type: 'checkpoint', live_anchoring });
  if (differs('anchoring_status', 'merkle_root', 'anchor')) events.push(anchoringOf(now));
  return events;
}

const statusOf = ({ status, pipeline_status, stop_reason, error }: SessionDocument): BareEvent => ({
  ...{ type: 'status', status, pipeline_status },
  ...(stop_reason === undefined ? {} : { stop_reason }),
  ...(error === undefined ? {} : { error }),
});

const anchoringOf = ({ anchoring_status, merkle_root, anchor }: SessionDocument): BareEvent => ({
  ...{ type: 'anchoring', anchoring_status },
  ...(merkle_root === undefined ? {} : { merkle_root }),
  ...(anchor === undefined ? {} : { anchor }),
});
