import { sessionApi } from '@lucid/contracts';
import { commonErrors } from '@lucid/errors';
import type { SharedRedis } from '@lucid/redis';
import { sharedLimiter } from '@lucid/redis';
import { isAdmin, type User } from '@lucid/service';
import { type RateLimiterAbstract, RateLimiterRes } from 'rate-limiter-flexible';
import type { Settings } from '../config.ts';
import { LIMIT_GROUPS, LIMITED, type LimitGroup } from '../domain/limit-groups.ts';

const WINDOW_S = 60;

/** Limits per user and group of endpoints, counted for all replicas where Redis is there. Admins have the gateway's limit alone. */
export class Limits {
  readonly #limiters: ReadonlyMap<LimitGroup, RateLimiterAbstract>;
  readonly #groups: ReadonlyMap<string, LimitGroup>;
  readonly #onHit: (group: LimitGroup) => void;

  constructor(settings: Settings, redis: SharedRedis | undefined, onHit: (group: LimitGroup) => void) {
    this.#onHit = onHit;
    const points = (group: LimitGroup): number =>
      settings[`RATE_LIMIT_${group.toUpperCase() as Uppercase<LimitGroup>}_PER_MIN`];
    this.#limiters = new Map(
      LIMIT_GROUPS.map((group) => [
        group,
        sharedLimiter({ name: `session-${group}`, points: points(group), windowS: WINDOW_S }, redis),
      ]),
    );
    this.#groups = new Map(
      Object.entries(sessionApi.endpoints).flatMap(([name, { method, path }]) => {
        const group = LIMITED[name as keyof typeof LIMITED];
        return group ? [[`${method} ${path}`, group] as const] : [];
      }),
    );
  }

  /** @throws RATE_LIMITED with Retry-After */
  async take(method: string, path: string | undefined, user: User): Promise<void> {
    const group = this.#groups.get(`${method} ${path}`);
    if (!group || isAdmin(user)) return;
    try {
      await this.#limiters.get(group)?.consume(user.id);
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) throw refusal;
      this.#onHit(group);
      const seconds = Math.max(1, Math.ceil(refusal.msBeforeNext / 1000));
      throw commonErrors.RATE_LIMITED({ details: { group }, headers: { 'retry-after': String(seconds) } });
    }
  }
}
