import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { eventually, freePort, type TestIdentities } from '@lucid/testing';

const MAIN = join(import.meta.dirname, '../../src/main.ts');
const NAME = 'lucid-chunk-processor';

export const CALLERS = [
  'lucid-session-pipeline',
  'lucid-session-api',
  'lucid-session-recorder',
  'lucid-session-storage',
] as const;

export interface Spawned {
  port: number;
  address: string;
  child: ChildProcess;
  output: () => string;
  /** Ends it like a power cut ends a process. */
  kill(): Promise<void>;
  /** SIGTERM. @returns the exit code */
  stop(): Promise<number | null>;
}

export interface SpawnOptions {
  identities: TestIdentities;
  mongoUri: string;
  port?: number;
  instance?: number;
  environment?: Record<string, string>;
}

/** Makes sure that every caller has a key before a service reads the list. */
export function prepareIdentities(identities: TestIdentities): void {
  for (const name of [NAME, ...CALLERS]) identities.pemOf(name);
}

/** A real processor process on a loopback port, ready when this resolves. */
export async function spawnProcessor(options: SpawnOptions): Promise<Spawned> {
  const port = options.port ?? (await freePort());
  const child = spawn(process.execPath, [MAIN], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      HOST: '127.0.0.1',
      PORT: String(port),
      INSTANCE_ID: `${NAME}-${options.instance ?? 1}`,
      LOG_LEVEL: 'warn',
      DRAIN_DELAY_MS: '0',
      MONGODB_URI: options.mongoUri,
      ENCRYPTION_KEY: '0123456789abcdef'.repeat(4),
      CLAIM_IDLE_MS: '20',
      ...options.identities.environment(NAME, CALLERS),
      ...options.environment,
    },
  });
  let text = '';
  child.stdout?.on('data', (piece) => {
    text += piece;
  });
  child.stderr?.on('data', (piece) => {
    text += piece;
  });
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    return ended;
  };
  const spawned: Spawned = {
    port,
    address: `127.0.0.1:${port}`,
    child,
    output: () => text,
    kill: async () => void (await end('SIGKILL')),
    stop: () => end('SIGTERM'),
  };
  const state = await eventually(
    'the processor is ready',
    async () => {
      if (child.exitCode !== null || child.signalCode !== null) return 'ended';
      return (await fetch(`http://${spawned.address}/health/ready`)).ok && 'ready';
    },
    { timeoutMs: 20_000 },
  ).catch(async (error: unknown) => {
    await end('SIGKILL');
    throw error;
  });
  if (state === 'ended') throw new Error(`it ended with code ${child.exitCode}: ${text}`);
  return spawned;
}
