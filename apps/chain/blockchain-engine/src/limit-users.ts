import { commonErrors } from '@lucid/errors';
import type { FastifyInstance } from 'fastify';
import { BurstyRateLimiter, RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { GROUP_LIMITS, type GroupLimit, type LimitGroup, limitGroupOf } from './domain/rate-limits.ts';

const MINUTE_S = 60;
/** A burst may be used up once in so long. */
const BURST_S = 600;

/**
 * Counts the requests of each user per group of endpoints, in the memory of this instance, on top of what the gateway
 * counts for everything. @throws RATE_LIMITED with `Retry-After`
 */
export function limitUsers(app: FastifyInstance, onRefused: (group: LimitGroup) => void): void {
  const groups = Object.entries(GROUP_LIMITS) as [LimitGroup, GroupLimit][];
  const limiters = new Map(groups.map(([group, limit]) => [group, limiterOf(limit)]));
  // After the route has found out who calls, before anything of the body is looked at.
  app.addHook('preValidation', async (request) => {
    const group = limitGroupOf(request.routeOptions.url ?? '');
    const limiter = group && limiters.get(group);
    if (!limiter || !request.user) return;
    try {
      await limiter.consume(request.user.id);
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) throw refusal;
      onRefused(group);
      const seconds = Math.max(1, Math.ceil(refusal.msBeforeNext / 1000));
      throw commonErrors.RATE_LIMITED({ headers: { 'retry-after': String(seconds) } });
    }
  });
}

const limiterOf = ({ perMinute, burst }: GroupLimit): BurstyRateLimiter =>
  new BurstyRateLimiter(
    new RateLimiterMemory({ points: perMinute, duration: MINUTE_S }),
    new RateLimiterMemory({ points: burst - perMinute, duration: BURST_S, keyPrefix: 'burst' }),
  );
