import { spawn } from 'node:child_process';
import { eventually } from './eventually.ts';
import { freePort } from './start-test-mongo.ts';

/** A service as its own process, on a loopback port. */
export interface SpawnedService extends AsyncDisposable {
  port: number;
  /** `127.0.0.1:port` */
  address: string;
  /** `http://127.0.0.1:port` */
  url: string;
  pid: number;
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

/** Starts a service and waits until it is ready. @throws Error with what it wrote, as soon as it has ended instead */
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
  const state = await eventually(
    `${options.main} is ready`,
    async () => {
      if (child.exitCode !== null || child.signalCode !== null) return 'ended';
      return (await fetch(`${url}/health/ready`)).ok && 'ready';
    },
    { timeoutMs: 60_000 },
  ).catch(async (error: unknown) => {
    await kill();
    throw error;
  });
  if (state === 'ended') throw new Error(`it ended with code ${child.exitCode}: ${text}`);
  const address = `127.0.0.1:${port}`;
  return {
    port,
    address,
    url,
    pid: child.pid ?? 0,
    output: () => text,
    kill,
    stop: () => end('SIGTERM'),
    [Symbol.asyncDispose]: kill,
  };
}
