import { Writable } from 'node:stream';
import { createLogger } from '@lucid/logging';
import type { ServiceContext } from '@lucid/service';
import { TestIdentities, testContext } from '@lucid/testing';
import { RateLimiterRes } from 'rate-limiter-flexible';
import { openRedis, type SharedRedis, sharedLimiter } from '../../src/index.ts';

export interface Replica extends AsyncDisposable {
  context: ServiceContext;
  redis: SharedRedis;
  /** What was logged, one JSON line each. */
  lines: string[];
  /** Consumes one point. @throws whatever is not a verdict */
  take(key: string): Promise<{ allowed: boolean; tookMs: number }>;
}

/** Longer than any machine keeps a Redis that is well from answering: no count depends on how busy it is. */
export const PATIENCE_MS = 10_000;

/** One replica of a service with a limiter over the given Redis. */
export function startReplica(
  uri: string,
  points: number,
  { blockS = 0, commandTimeoutMs = PATIENCE_MS } = {},
): Replica {
  const identities = new TestIdentities();
  const lines: string[] = [];
  const destination = new Writable({
    write: (chunk, _encoding, done) => {
      lines.push(String(chunk));
      done();
    },
  });
  const logger = createLogger({ service: 'lucid-limited', instance: 'lucid-limited-1', destination });
  const context = testContext({ service: 'lucid-limited', identities, logger });
  const redis = openRedis(uri, context, { commandTimeoutMs });
  const limiter = sharedLimiter({ name: 'test', points, windowS: 60, blockS }, redis);
  return {
    context,
    redis,
    lines,
    take: async (key) => {
      const startedMs = performance.now();
      const refusal: unknown = await limiter.consume(key).then(
        () => undefined,
        (error: unknown) => error,
      );
      if (refusal !== undefined && !(refusal instanceof RateLimiterRes)) throw refusal;
      return { allowed: refusal === undefined, tookMs: performance.now() - startedMs };
    },
    [Symbol.asyncDispose]: async () => {
      await context.lifecycle.stop();
      identities[Symbol.dispose]();
    },
  };
}
