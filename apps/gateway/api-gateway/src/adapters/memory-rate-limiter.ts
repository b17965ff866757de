import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { RateLimiter, Tier, Verdict } from '../domain/rate-limiter.ts';

const WINDOW_S = 60;
const LOGIN_BLOCK_S = 300;

export interface RateLimits {
  perMinute: Readonly<Record<Tier, number>>;
  loginsPerMinute: number;
}

/**
 * Fixed windows of a minute in this process: with `n` replicas a caller that reaches all of them gets up to `n` times the limit.
 * A shared store can take this one's place; the library has them behind the same calls.
 */
export function memoryRateLimiter({ perMinute, loginsPerMinute }: RateLimits): RateLimiter {
  const limiterFor = (points: number, blockDuration = 0) =>
    new RateLimiterMemory({ points, duration: WINDOW_S, blockDuration });
  const tiers: Record<Tier, RateLimiterMemory> = {
    public: limiterFor(perMinute.public),
    authenticated: limiterFor(perMinute.authenticated),
    admin: limiterFor(perMinute.admin),
  };
  const logins = limiterFor(loginsPerMinute, LOGIN_BLOCK_S);
  return {
    take: (tier, key) => take(tiers[tier], key),
    takeLogin: (key) => take(logins, key),
  };
}

async function take(limiter: RateLimiterMemory, key: string): Promise<Verdict> {
  try {
    return verdict(true, limiter, await limiter.consume(key));
  } catch (refusal) {
    if (refusal instanceof RateLimiterRes) return verdict(false, limiter, refusal);
    throw refusal;
  }
}

const verdict = (allowed: boolean, limiter: RateLimiterMemory, result: RateLimiterRes): Verdict => ({
  allowed,
  limit: limiter.points,
  remaining: Math.max(0, result.remainingPoints),
  resetMs: Math.max(0, result.msBeforeNext),
});
