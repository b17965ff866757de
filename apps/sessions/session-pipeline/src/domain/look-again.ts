import type { Stage, StageName } from './stages.ts';

const SOONEST_MS = 100;
const LATEST_MS = 2000;

/**
 * Pause before looking again at what others are busy with: an eighth of the time the stage has lasted, 100 ms to 2 s. So a wait
 * is noticed to be over at most an eighth late, and a hundred sessions that wait for the same processors do not keep
 * them from their work by asking ten times a second each.
 */
export function lookAgainMs(stages: readonly Stage[], name: StageName, nowMs: number): number {
  const startedAtMs = stages.find((stage) => stage.stage_name === name)?.started_at_ms ?? nowMs;
  return Math.min(LATEST_MS, Math.max(SOONEST_MS, Math.round((nowMs - startedAtMs) / 8)));
}
