import type { STOP_REASONS } from '@lucid/contracts';

export type StopReason = (typeof STOP_REASONS)[number];

export interface StopLimits {
  maxDurationMs: number;
  /** 0: never. */
  idleMs: number;
}

export interface Progress {
  status: string;
  /** Since its start. */
  ageMs: number;
  /** Since the last byte, or since this recorder began to wait for one. */
  silentMs: number;
  /** Bytes beyond the largest size were sent. */
  isBeyondSize: boolean;
}

/** @returns why a recording is over although nobody has stopped it, if it is */
export function autoStop(progress: Progress, limits: StopLimits): StopReason | undefined {
  if (progress.status !== 'recording' && progress.status !== 'paused') return undefined;
  if (progress.isBeyondSize) return 'max_size';
  if (progress.ageMs >= limits.maxDurationMs) return 'max_duration';
  const isIdle = limits.idleMs > 0 && progress.silentMs >= limits.idleMs;
  return isIdle && progress.status === 'recording' ? 'idle' : undefined;
}
