import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { eventually, freePort, type TestIdentities } from '@lucid/testing';
import { ENGINE, environment } from './support.ts';

const MAIN = join(import.meta.dirname, '../src/main.ts');

export interface RunningEngine {
  url: string;
  child: ChildProcess;
  /** What it wrote to standard output and error. */
  output(): string;
  /** Ends it and waits for its end. */
  stop(signal?: NodeJS.Signals): Promise<void>;
  /** Resolves with the exit code when it ends by itself; null after a signal. */
  ended: Promise<number | null>;
}

export interface EngineOptions {
  identities: TestIdentities;
  mongoUri: string;
  folder: string;
  /** @default a free one */
  port?: number;
  over?: Record<string, string>;
}

/** Starts the real service as its own process. Does not wait for it. */
export async function spawnEngine(options: EngineOptions): Promise<RunningEngine> {
  const { identities, mongoUri, folder, over = {} } = options;
  const port = options.port ?? (await freePort());
  const child = spawn(process.execPath, [MAIN], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      ...identities.environment(ENGINE, [
        ENGINE,
        'lucid-session-anchoring',
        'lucid-session-pipeline',
        'lucid-api-gateway',
      ]),
      ...environment,
      HOST: '127.0.0.1',
      PORT: String(port),
      MONGODB_URI: mongoUri,
      DATA_DIR: folder,
      DRAIN_DELAY_MS: '0',
      LOG_LEVEL: 'info',
      ...over,
    },
  });
  let text = '';
  child.stdout.on('data', (part: Buffer) => (text += part.toString()));
  child.stderr.on('data', (part: Buffer) => (text += part.toString()));
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  return {
    url: `http://127.0.0.1:${port}`,
    child,
    output: () => text,
    ended,
    stop: async (signal = 'SIGTERM') => {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      await ended;
    },
  };
}

/** Starts it and waits until it is ready. */
export async function startEngine(options: EngineOptions): Promise<RunningEngine> {
  const engine = await spawnEngine(options);
  try {
    await eventually('the engine is ready', async () => {
      if (engine.child.exitCode !== null) throw new Error(`it ended: ${engine.output()}`);
      return (await fetch(`${engine.url}/health/ready`)).ok;
    });
  } catch (error) {
    await engine.stop('SIGKILL');
    throw error;
  }
  return engine;
}
