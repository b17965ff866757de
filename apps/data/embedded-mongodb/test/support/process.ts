/** The real process, as it is deployed. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

export interface ServerProcess {
  child: ChildProcess;
  /** Port of the wire protocol, known once it listens. */
  port: number;
  /** Ends it as a power cut would. */
  kill(): Promise<void>;
  /** Asks it to stop. @returns its exit code */
  stop(): Promise<number | null>;
}

/** Starts it and waits for the line that says it listens. */
export async function serverProcess(environment: Record<string, string>): Promise<ServerProcess> {
  const child = launch({ PORT: '0', HEALTH_PORT: '0', HOST: '127.0.0.1', ...environment });
  const exited = once(child, 'exit');
  const port = await new Promise<number>((resolve, reject) => {
    const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
    lines.on('line', (line) => {
      const entry = JSON.parse(line) as { msg?: string; address?: { port: number } };
      if (entry.msg === 'listening' && entry.address) resolve(entry.address.port);
    });
    exited.then(() => reject(new Error('the server ended before it listened')), reject);
  });
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill(signal);
      await exited;
    }
    return child.exitCode;
  };
  onTestFinished(async () => void (await end('SIGKILL')));
  return { child, port, kill: async () => void (await end('SIGKILL')), stop: () => end('SIGTERM') };
}

export function launch(environment: Record<string, string>): ChildProcess {
  const { PATH = '' } = process.env;
  return spawn(process.execPath, [MAIN], {
    env: { PATH, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}
