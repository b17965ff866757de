import { systemClock, systemRandom } from '@lucid/clock';
import { type Config, ConfigError, type ConfigSchema, type Variables } from '@lucid/config';
import { collectProcessMetrics } from '@lucid/metrics';
import type { FastifyInstance } from 'fastify';
import type { ServiceContext } from './context.ts';
import { type BaseSettings, createContext } from './create-context.ts';
import { listen } from './listen.ts';

/** What a service is made of; `src/main.ts` hands it to `runService`. */
export interface ServiceDefinition<Schema extends Variables, Deps> {
  config: ConfigSchema<Schema>;
  /** Opens stores and clients and registers their closing. May wait for them; must not listen. */
  connect: (config: Config<Schema>, context: ServiceContext) => Promise<Deps>;
  /** Pure: routes over what `connect` opened. */
  build: (config: Config<Schema>, deps: Deps, context: ServiceContext) => FastifyInstance;
}

/** Exit codes of a service process. */
export const EXIT = { ok: 0, failed: 1, badConfig: 78 } as const;

/** Runs a service until SIGTERM or SIGINT; a second signal ends it at once. The only place of a service that knows `process`. */
export async function runService<Schema extends Variables, Deps>(
  definition: ServiceDefinition<Schema, Deps>,
): Promise<void> {
  const config = loadOrExit(definition.config);
  const context = createContext(config as unknown as BaseSettings, {
    clock: systemClock,
    random: systemRandom,
  });
  const { logger, lifecycle } = context;
  endOnSignals(context);
  collectProcessMetrics(context.registry);
  try {
    const deps = await definition.connect(config, context);
    const app = definition.build(config, deps, context);
    await listen(app, config as unknown as BaseSettings, context);
    await context.health.refresh();
    lifecycle.background('health watch', (signal) => context.health.watch(signal));
    context.health.acceptsWork = true;
    lifecycle.started();
    logger.info({ address: context.advertisedAddress, version: context.version }, 'started');
  } catch (error) {
    if (lifecycle.state !== 'starting') return; // told to stop while starting
    logger.fatal({ err: error }, `cannot start: ${error instanceof Error ? error.message : String(error)}`);
    await lifecycle.stop();
    process.exit(EXIT.failed);
  }
}

function loadOrExit<Schema extends Variables>(schema: ConfigSchema<Schema>): Config<Schema> {
  try {
    return schema.load();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(EXIT.badConfig);
  }
}

function endOnSignals({ logger, lifecycle, health }: ServiceContext): void {
  let signals = 0;
  const onSignal = (name: NodeJS.Signals) => {
    signals++;
    if (signals > 1) process.exit(EXIT.failed);
    logger.info({ signal: name }, 'stopping');
    health.acceptsWork = false;
    lifecycle.stop().then(() => process.exit(EXIT.ok));
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  const onFatal = (error: unknown) => {
    logger.fatal({ err: error }, 'unexpected failure');
    process.exit(EXIT.failed);
  };
  process.on('uncaughtException', onFatal);
  process.on('unhandledRejection', onFatal);
}
