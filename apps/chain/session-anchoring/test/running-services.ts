import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { eventually, freePort, type TestIdentities, WORKSPACE_ROOT } from '@lucid/testing';
import { ANCHORING, anchoringPem, ENGINE } from './support.ts';

const main = (app: string) => join(WORKSPACE_ROOT, 'apps/chain', app, 'src/main.ts');

export interface RunningService {
  url: string;
  port: number;
  child: ChildProcess;
  /** What it wrote to standard output and error. */
  output(): string;
  ready(): Promise<void>;
  /** Ends it and waits for its end. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

export interface Surroundings {
  identities: TestIdentities;
  mongoUri: string;
  folder: string;
  /** `ip:port` of a name server to which every name is 127.0.0.1. */
  dns: string;
  over?: Record<string, string>;
}

export const spawnEngine = (around: Surroundings): Promise<RunningService> =>
  launch(main('blockchain-engine'), around, {
    ...around.identities.environment(ENGINE, [ANCHORING, 'lucid-session-pipeline']),
    BLOCKCHAIN_VALIDATOR_KEY: '01'.repeat(32),
    BLOCKCHAIN_NODE_ID: '0a'.repeat(16),
    BLOCK_TIME_SECONDS: '1',
    DATA_DIR: around.folder,
  });

export const spawnAnchoring = (around: Surroundings, enginePort: number): Promise<RunningService> =>
  launch(main('session-anchoring'), around, {
    ...around.identities.environment(ANCHORING, [
      'lucid-session-pipeline',
      'lucid-session-api',
      'lucid-api-gateway',
    ]),
    ANCHORING_SIGNING_KEY: anchoringPem,
    BLOCKCHAIN_ENGINE_URL: `http://${ENGINE}:${enginePort}`,
    DNS_SERVERS: around.dns,
    ANCHORING_RETRY_MS: '100',
    ANCHORING_BATCH_WAIT_MS: '0',
    ANCHORING_LEASE_MS: '1000',
  });

async function launch(
  path: string,
  { mongoUri, over = {} }: Surroundings,
  own: Record<string, string>,
): Promise<RunningService> {
  const port = over.PORT ? Number(over.PORT) : await freePort();
  const child = spawn(process.execPath, [path], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      ...own,
      HOST: '127.0.0.1',
      PORT: String(port),
      MONGODB_URI: mongoUri,
      DRAIN_DELAY_MS: '0',
      LOG_LEVEL: 'info',
      ...over,
    },
  });
  let text = '';
  child.stdout.on('data', (part: Buffer) => {
    text += part.toString();
  });
  child.stderr.on('data', (part: Buffer) => {
    text += part.toString();
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const isOver = () => child.exitCode !== null || child.signalCode !== null;
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    port,
    child,
    output: () => text,
    ready: async () => {
      const isReady = async () => {
        if (isOver()) throw new Error(`it ended: ${text}`);
        return (await fetch(`${url}/health/ready`)).ok;
      };
      await eventually(`${path} is ready`, isReady, { timeoutMs: 60_000 });
    },
    stop: async (signal = 'SIGTERM') => {
      if (!isOver()) child.kill(signal);
      await ended;
    },
  };
}
