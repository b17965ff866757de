import { spawn } from 'node:child_process';
import { eventually } from './eventually.ts';
import { freePort } from './start-test-mongo.ts';

/** A service as its own process, on a loopback port. */
export interface SpawnedService extends AsyncDisposable {
  port: number;
  /** `http://127.0.0.1:port` */
  url: string;
  /** Everything it has written so far. */
  output(): string;
  /** Ends it like a power cut ends a process. */
  kill(): Promise<void>;
  /** SIGTERM. @returns the exit code */
  stop(): Promise<number | null>;
}

export interface SpawnServiceOptions {
  /** Path of its `src/main.ts`. */
  main: string;
  environment: Record<string, string>;
  /** @default a free one */
  port?: number;
}

/** Starts a service and waits until it is ready. */
export async function spawnService(options: SpawnServiceOptions): Promise<SpawnedService> {
  const port = options.port ?? (await freePort());
  const child = spawn(process.execPath, [options.main], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      HOST: '127.0.0.1',
      PORT: String(port),
      LOG_LEVEL: 'warn',
      DRAIN_DELAY_MS: '0',
      ...options.environment,
    },
  });
  let text = '';
  const keep = (piece: Buffer) => {
    text += piece;
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const end = (signal: NodeJS.Signals) => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    return ended;
  };
  const kill = async () => void (await end('SIGKILL'));
  const url = `http://127.0.0.1:${port}`;
  try {
    await eventually(
      `${options.main} is ready`,
      async () => {
        if (child.exitCode !== null) throw new Error(`it ended with code ${child.exitCode}: ${text}`);
        return (await fetch(`${url}/health/ready`)).ok;
      },
      { timeoutMs: 20_000 },
    );
  } catch (error) {
    await kill();
    throw error;
  }
  return { port, url, output: () => text, kill, stop: () => end('SIGTERM'), [Symbol.asyncDispose]: kill };
}
