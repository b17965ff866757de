/** The official client as a child process: contexts, logins and proxies stay its business. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { execa } from 'execa';
import { deployErrors } from '../../errors.ts';
import type { Captured } from '../engine.ts';

/** Name by which the cluster remembers who applied a field. */
export const APPLIED_BY = 'lucid';
const ANSWER_WITHIN_MS = 120_000;

export class Kubectl {
  /** Standard output. @throws `kubectl-failed` with the client's last words */
  async run(args: readonly string[], input?: string, timeoutMs?: number): Promise<string> {
    const { exitCode, stdout, stderr } = await this.capture(args, input, timeoutMs);
    if (exitCode !== 0) throw deployErrors.kubectlFailed(args, lastLine(stderr));
    return stdout;
  }

  /** What a command wrote and how it ended, whatever that was. */
  async capture(args: readonly string[], input?: string, timeoutMs = ANSWER_WITHIN_MS): Promise<Captured> {
    const { exitCode, stdout, stderr, shortMessage } = await execa('kubectl', args, {
      reject: false,
      timeout: timeoutMs,
      ...(input === undefined ? {} : { input }),
    });
    return { exitCode: exitCode ?? 1, stdout: stdout ?? '', stderr: stderr || shortMessage || '' };
  }

  /** Hands this terminal to the command. Resolves with its exit code. */
  async interactive(args: readonly string[]): Promise<number> {
    const child = spawn('kubectl', args, { stdio: 'inherit' });
    const [code] = (await once(child, 'exit')) as [number | null];
    return code ?? 1;
  }

  /** Lines as they come; ends the client when the consumer or the signal stops. */
  async *lines(args: readonly string[], signal?: AbortSignal): AsyncGenerator<string> {
    if (signal?.aborted) return; // it will not be told again
    const child = spawn('kubectl', args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const end = () => child.kill();
    signal?.addEventListener('abort', end);
    try {
      for await (const line of createInterface(child.stdout)) yield line;
    } finally {
      signal?.removeEventListener('abort', end);
      end();
    }
  }

  /** @throws `no-cluster` when there is no client, no context, or no answer */
  async requireCluster(): Promise<void> {
    const { exitCode, stdout, stderr } = await this.capture([
      'version',
      '--output=json',
      '--request-timeout=5s',
    ]);
    const answered = exitCode === 0 && stdout.includes('serverVersion');
    if (!answered) throw deployErrors.noCluster(lastLine(stderr) || 'the cluster did not say its version');
  }
}

const lastLine = (text: string): string => text.trim().split('\n').at(-1) ?? '';
