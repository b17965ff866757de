import { type SharedRedis, sharedLimiter } from '@lucid/redis';
import { type RateLimiterAbstract, RateLimiterRes } from 'rate-limiter-flexible';
import type { RateLimiter, Tier, Verdict } from '../domain/rate-limiter.ts';

const WINDOW_S = 60;
const LOGIN_BLOCK_S = 300;

export interface RateLimits {
  perMinute: Readonly<Record<Tier, number>>;
  loginsPerMinute: number;
}

/**
 * Fixed windows of a minute, counted in Redis for all replicas together. Without Redis, and while it is away, each replica
 * counts for itself: with `n` replicas a caller that reaches all of them gets up to `n` times the limit.
 */
export function rateLimiter(limits: RateLimits, redis: SharedRedis | undefined): RateLimiter {
  const { perMinute, loginsPerMinute } = limits;
  const limiterFor = (name: string, points: number, blockS = 0) =>
    sharedLimiter({ name, points, windowS: WINDOW_S, blockS }, redis);
  const tiers: Record<Tier, RateLimiterAbstract> = {
    public: limiterFor('public', perMinute.public),
    authenticated: limiterFor('authenticated', perMinute.authenticated),
    admin: limiterFor('admin', perMinute.admin),
  };
  const logins = limiterFor('login', loginsPerMinute, LOGIN_BLOCK_S);
  return {
    take: (tier, key) => take(tiers[tier], key),
    takeLogin: (key) => take(logins, key),
  };
}

async function take(limiter: RateLimiterAbstract, key: string): Promise<Verdict> {
  try {
    return verdict(true, limiter, await limiter.consume(key));
  } catch (refusal) {
    if (refusal instanceof RateLimiterRes) return verdict(false, limiter, refusal);
    throw refusal;
  }
}

const verdict = (allowed: boolean, limiter: RateLimiterAbstract, result: RateLimiterRes): Verdict => ({
  allowed,
  limit: limiter.points,
  remaining: Math.max(0, result.remainingPoints),
  resetMs: Math.max(0, result.msBeforeNext),
});
