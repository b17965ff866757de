import type { SessionDocument } from './session-document.ts';

export interface TimeLimits {
  maxDurationMs: number;
  idleTimeoutMs: number;
}

type Running = Pick<SessionDocument, 'started_at' | 'active_at' | 'updated_at'>;

/** Why a running session is to be stopped now, if it is. */
export function overdue(
  { started_at, active_at, updated_at }: Running,
  { maxDurationMs, idleTimeoutMs }: TimeLimits,
  nowMs: number,
): 'max_duration' | 'idle' | undefined {
  if (started_at !== undefined && nowMs - Date.parse(started_at) >= maxDurationMs) return 'max_duration';
  return nowMs - Date.parse(active_at ?? started_at ?? updated_at) >= idleTimeoutMs ? 'idle' : undefined;
}
