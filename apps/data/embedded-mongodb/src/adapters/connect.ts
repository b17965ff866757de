import type { ServiceContext } from '@lucid/service';
import type { Settings } from '../config.ts';
import { CommandError } from '../errors.ts';
import { addHealthChecks } from '../health.ts';
import { metrics } from '../metrics.ts';
import { MongoServer } from './mongo-server.ts';

/** Opens the data and the wire port, and ties both to the service's log, metrics, health and stop. */
export async function connect(settings: Settings, context: ServiceContext): Promise<MongoServer> {
  const { logger, lifecycle, clock, random, registry } = context;
  const instruments = metrics.register(registry);
  const server: MongoServer = new MongoServer({
    dataDir: settings.DATA_DIR,
    host: settings.HOST,
    port: settings.WIRE_PORT,
    username: settings.MONGO_INITDB_ROOT_USERNAME,
    password: settings.MONGO_INITDB_ROOT_PASSWORD,
    allowUnauthenticated: settings.ALLOW_UNAUTHENTICATED,
    clock,
    random,
    upkeepIntervalMs: settings.TTL_INTERVAL_MS,
    cursorTimeoutMs: settings.CURSOR_TIMEOUT_MS,
    events: {
      onCommand: (command, error, durationMs) => {
        instruments.mongodb_commands_total.inc({ command, outcome: error === undefined ? 'ok' : 'error' });
        instruments.mongodb_command_duration_seconds.observe({ command }, durationMs / 1000);
        // What is not an error of the protocol is a fault of this server.
        if (error !== undefined && !(error instanceof CommandError))
          logger.error({ err: error, command }, 'command failed');
      },
      onMalformed: (remote, reason) => {
        instruments.mongodb_malformed_messages_total.inc();
        logger.warn({ remote, reason }, 'connection cut off: what it sent is no message');
      },
      onExpired: (documents) => instruments.mongodb_documents_expired_total.inc(documents),
      onUpkeepFailed: (error) => logger.error({ err: error }, 'upkeep failed'),
      onFatal: (error) => {
        // Thrown where nobody catches: the process ends, and what was not acknowledged was never promised.
        logger.fatal({ err: error }, 'the disk failed');
        throw error;
      },
    },
  });
  await server.start();
  lifecycle.onStop('wire protocol', () => server.close());
  addHealthChecks(context, server);
  sample(server, instruments, registry);
  logger.info({ address: server.address, data_dir: settings.DATA_DIR }, 'listening');
  return server;
}

type Instruments = ReturnType<typeof metrics.register>;

/** Gauges are read when somebody asks for them. */
function sample(server: MongoServer, instruments: Instruments, registry: ServiceContext['registry']): void {
  let counted = 0;
  const connections = registry.getSingleMetric('mongodb_connections');
  if (!connections) return;
  Object.assign(connections, {
    collect: () => {
      instruments.mongodb_connections.set(server.connections);
      instruments.mongodb_cursors_open.set(server.engine.cursors.size);
      instruments.mongodb_documents_scanned_total.inc(server.engine.documentsScanned - counted);
      counted = server.engine.documentsScanned;
    },
  });
}
