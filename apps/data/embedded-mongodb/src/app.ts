/** The app behind the health port, and the door for tests that want a server in their own process. */
import { type Clock, systemClock, systemRandom } from '@lucid/clock';
import { createApp, type ServiceContext } from '@lucid/service';
import type { FastifyInstance } from 'fastify';
import { MongoServer } from './adapters/mongo-server.ts';
import type { Settings } from './config.ts';

/** Health and metrics only; the wire protocol has its own listener. */
export const buildApp = (
  _settings: Settings,
  _server: MongoServer,
  context: ServiceContext,
): FastifyInstance => createApp(context);

export interface EmbeddedMongoOptions {
  dataDir: string;
  /** @default 127.0.0.1 */
  host?: string;
  /** @default 0: any free port */
  port?: number;
  username?: string;
  password?: string;
  /** Take clients that do not log in; only on a loopback host and without a user. @default false */
  allowUnauthenticated?: boolean;
  clock?: Clock;
  /** @default 60000 */
  ttlIntervalMs?: number;
  /** @default 600000 */
  cursorTimeoutMs?: number;
  /** Told about connections that were cut off, one line each. @default nobody */
  onWarning?: (line: string) => void;
}

export interface EmbeddedMongo {
  /** With user and password, without a database. */
  uri: string;
  address: { host: string; port: number };
  close(): Promise<void>;
}

/**
 * Starts a server in this process.
 * @example const mongo = await startEmbeddedMongo({ dataDir, allowUnauthenticated: true });
 */
export async function startEmbeddedMongo(options: EmbeddedMongoOptions): Promise<EmbeddedMongo> {
  const { onWarning = () => undefined, username, password } = options;
  const server = new MongoServer({
    ...options,
    host: options.host ?? '127.0.0.1',
    port: options.port ?? 0,
    clock: options.clock ?? systemClock,
    random: systemRandom,
    upkeepIntervalMs: options.ttlIntervalMs ?? 60_000,
    cursorTimeoutMs: options.cursorTimeoutMs ?? 600_000,
    events: {
      onCommand: () => undefined,
      onMalformed: (remote, reason) => onWarning(`${remote} was cut off: ${reason}`),
      onExpired: () => undefined,
      onUpkeepFailed: (error) => onWarning(`upkeep failed: ${String(error)}`),
      onFatal: (error) => {
        throw error;
      },
    },
  });
  await server.start();
  const { host, port } = server.address;
  const login =
    username && password ? `${encodeURIComponent(username)}:${encodeURIComponent(password)}@` : '';
  const query = login ? '?authSource=admin' : '';
  return {
    uri: `mongodb://${login}${host}:${port}/${query}`,
    address: { host, port },
    close: () => server.close(),
  };
}
