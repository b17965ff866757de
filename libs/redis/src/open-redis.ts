import type { Discovery } from '@lucid/discovery';
import type { ServiceContext } from '@lucid/service';
import { Availability } from './availability.ts';
import { createClient, type RedisClient } from './create-client.ts';
import { metrics } from './metrics.ts';
import { probe } from './probe.ts';
import { reasonOf } from './reason-of.ts';
import { RedisUnavailable } from './redis-unavailable.ts';
import { parseRedisUri } from './redis-uri.ts';
import { within } from './within.ts';

export type { RedisClient } from './create-client.ts';

/** The same network answers in less than one millisecond. */
const COMMAND_TIMEOUT_MS = 80;
/** How often it is looked whether a probe is due. */
const TICK_MS = 100;

export interface RedisOptions {
  /** Longest a command may take. @default 80 */
  commandTimeoutMs?: number;
}

/** Redis as a service may use it: for what it can do without. */
export interface SharedRedis {
  /** False: `run` refuses at once. */
  readonly isUp: boolean;
  /** For `defineCommand`; commands go through `run`. */
  readonly client: RedisClient;
  /**
   * Does something with Redis, or says within the time of a command that it cannot be done.
   * @throws RedisUnavailable the command may or may not have been carried out
   */
  run<Value>(work: (client: RedisClient) => Promise<Value>): Promise<Value>;
}

/**
 * Starts connecting and returns at once: a service starts and is ready with or without Redis, at worst `degraded`. Registers
 * closing, the health check `redis` and the metrics; says once when Redis goes away and once when it is back.
 * @param uri see `parseRedisUri`; never logged
 * @throws Error when the URI is malformed
 */
export function openRedis(uri: string, context: ServiceContext, options: RedisOptions = {}): SharedRedis {
  const { commandTimeoutMs = COMMAND_TIMEOUT_MS } = options;
  const { clock, health, instanceId, lifecycle, logger, mesh, registry } = context;
  const lookup = mesh.discovery.lookup as Discovery['lookup'];
  const client = createClient(parseRedisUri(uri), instanceId, lookup);
  const instruments = metrics.register(registry);
  const isStopping = () => lifecycle.state === 'stopping' || lifecycle.state === 'stopped';
  const availability = new Availability(clock.monotonicMs(), (state, reason) => {
    instruments.lucid_redis_up.set(state === 'up' ? 1 : 0);
    if (isStopping()) return;
    if (state === 'up') logger.info('Redis answers: replicas share what it holds');
    else logger.warn({ reason }, 'Redis does not answer: this replica goes on alone');
  });
  /** Why there is no connection; later failures only say that there is none. */
  let obstacle: string | undefined;
  const failed = (error: unknown) => availability.failed(reasonOf(error, obstacle), clock.monotonicMs());
  const ask = async () => {
    try {
      await within(commandTimeoutMs, probe(client));
      availability.answered(clock.monotonicMs());
    } catch (error) {
      failed(error);
    }
  };

  client.on('error', (error) => {
    obstacle = reasonOf(error, obstacle);
    failed(error);
  });
  client.on('ready', () => {
    obstacle = undefined;
    if (availability.isProbeDue(clock.monotonicMs())) void ask();
  });
  client.on('close', () => failed(new Error('closed')));
  lifecycle.onStop('redis', () => client.disconnect());
  lifecycle.background('redis probes', async (signal) => {
    while (!signal.aborted) {
      if (availability.isProbeDue(clock.monotonicMs())) await ask();
      await clock.sleep(TICK_MS, signal).catch(() => undefined); // only an abort ends the pause early
    }
  });
  health.add({
    name: 'redis',
    critical: false,
    check: async () => {
      if (availability.state === 'up') await ask();
      if (availability.state !== 'up') throw new RedisUnavailable(availability.reason);
    },
  });
  return {
    client,
    get isUp() {
      return availability.state === 'up';
    },
    run: async (work) => {
      if (availability.state !== 'up') {
        instruments.lucid_redis_fallbacks_total.inc({ reason: 'down' });
        throw new RedisUnavailable(availability.reason);
      }
      const answer = (async () => work(client))();
      try {
        return await within(commandTimeoutMs, answer);
      } catch (error) {
        failed(error);
        answer.then(
          () => availability.answeredLate(clock.monotonicMs()),
          () => undefined, // has failed, as was said
        );
        instruments.lucid_redis_fallbacks_total.inc({ reason: 'failed' });
        throw new RedisUnavailable(availability.reason);
      }
    },
  };
}
