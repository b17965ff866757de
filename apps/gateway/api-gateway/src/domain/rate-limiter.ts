import type { Role } from '@lucid/service';

export type Tier = 'public' | 'authenticated' | 'admin';

export const tierOf = (role: Role | undefined): Tier => {
  if (role === undefined) return 'public';
  return role === 'admin' || role === 'super_admin' ? 'admin' : 'authenticated';
};

export interface Verdict {
  allowed: boolean;
  /** Requests per window. */
  limit: number;
  remaining: number;
  /** Time until the window ends, or the block. */
  resetMs: number;
}

/** Counts per minute. Where the counts are kept is the implementation's affair: one process, or all replicas together. */
export interface RateLimiter {
  take(tier: Tier, key: string): Promise<Verdict>;
  /** One login from an address to an account; too many block the pair. */
  takeLogin(key: string): Promise<Verdict>;
}

/** @param nowMs wall clock */
export function rateLimitHeaders(verdict: Verdict, nowMs: number): Record<string, string> {
  const { allowed, limit, remaining, resetMs } = verdict;
  return {
    'x-ratelimit-limit': String(limit),
    'x-ratelimit-remaining': String(remaining),
    'x-ratelimit-reset': String(Math.ceil((nowMs + resetMs) / 1000)),
    ...(allowed ? {} : { 'retry-after': String(Math.max(1, Math.ceil(resetMs / 1000))) }),
  };
}
