/** The official Docker client as a child process, so that contexts, sockets and logins stay its business. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { execa } from 'execa';
import { deployErrors } from '../../errors.ts';
import type { Captured } from '../engine.ts';

export interface DockerOptions {
  /** Written to its standard input. */
  readonly input?: string;
  readonly timeoutMs?: number;
  /** Ends the client. */
  readonly signal?: AbortSignal | undefined;
}

const ANSWER_WITHIN_MS = 60_000;
/** It answers `[]` as well when no engine can be reached; only these words tell the two apart. */
const GONE = /\bno such (object|container|task|service)\b/i;

/** Runs `docker …` against one engine. @param host `DOCKER_HOST`; the client's own default when undefined */
export class DockerCommand {
  readonly host: string | undefined;

  constructor(host?: string) {
    this.host = host;
  }

  /** What the client and its plugins see of the environment. */
  get environment(): NodeJS.ProcessEnv {
    return { ...process.env, ...(this.host === undefined ? {} : { DOCKER_HOST: this.host }) };
  }

  /** Standard output without its last newline. @throws `docker-failed` with the client's last words */
  async run(args: readonly string[], options: DockerOptions = {}): Promise<string> {
    const outcome = await this.try(args, options);
    if (outcome.failed) throw deployErrors.dockerFailed(args, outcome.error);
    return outcome.stdout;
  }

  /** Like `run`, for commands whose failure is an answer. */
  async try(
    args: readonly string[],
    { input, timeoutMs = ANSWER_WITHIN_MS, signal }: DockerOptions = {},
  ): Promise<{ failed: boolean; stdout: string; error: string }> {
    const { failed, stdout, stderr, shortMessage } = await execa('docker', args, {
      reject: false,
      timeout: timeoutMs,
      extendEnv: false,
      env: this.environment,
      ...(signal ? { cancelSignal: signal } : {}),
      ...(input === undefined ? {} : { input }),
    });
    return { failed, stdout: stdout ?? '', error: lastLine(stderr ?? '') || shortMessage || '' };
  }

  /**
   * What an `inspect` found; whatever has gone since it was listed is missing from it.
   * @throws `docker-failed` when docker could not look
   */
  async inspect<T>(args: readonly string[]): Promise<T[]> {
    const { failed, stdout, error } = await this.try(args);
    if (failed && (stdout === '' || !GONE.test(error))) throw deployErrors.dockerFailed(args, error);
    return JSON.parse(stdout) as T[];
  }

  /** What a command wrote and how it ended, whatever that was. */
  async capture(args: readonly string[]): Promise<Captured> {
    const { exitCode, stdout, stderr } = await execa('docker', args, {
      reject: false,
      timeout: ANSWER_WITHIN_MS,
      extendEnv: false,
      env: this.environment,
    });
    return { exitCode: exitCode ?? 1, stdout: stdout ?? '', stderr: stderr ?? '' };
  }

  /** Each line of a `--format '{{json .}}'` answer. */
  async list<T>(args: readonly string[]): Promise<T[]> {
    const text = await this.run([...args, '--format', '{{json .}}']);
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as T);
  }

  /** Lines of both outputs as they come; ends the client when the consumer or the signal stops. */
  async *lines(args: readonly string[], signal?: AbortSignal): AsyncGenerator<string> {
    if (signal?.aborted) return; // it will not be told again
    const child = spawn('docker', args, { env: this.environment, stdio: ['ignore', 'pipe', 'pipe'] });
    const end = () => child.kill();
    signal?.addEventListener('abort', end);
    try {
      const streams = [createInterface(child.stdout), createInterface(child.stderr)];
      for await (const line of merged(streams)) yield line;
    } finally {
      signal?.removeEventListener('abort', end);
      end();
    }
  }

  /** Hands this terminal to the command. Resolves with its exit code. */
  async interactive(args: readonly string[]): Promise<number> {
    const child = spawn('docker', args, { env: this.environment, stdio: 'inherit' });
    const [code] = (await once(child, 'exit')) as [number | null];
    return code ?? 1;
  }

  /** @throws `no-docker` when no engine answers */
  async requireEngine(): Promise<void> {
    const outcome = await this.try(['version', '--format', '{{.Server.Version}}'], { timeoutMs: 10_000 });
    if (outcome.failed || outcome.stdout === '') throw deployErrors.noDocker(outcome.error);
  }
}

async function* merged(streams: readonly AsyncIterable<string>[]): AsyncGenerator<string> {
  const iterators = streams.map((stream) => stream[Symbol.asyncIterator]());
  const next = (at: number) => iterators[at]?.next().then((result) => ({ at, result }));
  const waiting = new Map(iterators.map((_, at) => [at, next(at)]));
  while (waiting.size > 0) {
    const first = await Promise.race(waiting.values());
    if (!first) return;
    if (first.result.done) waiting.delete(first.at);
    else {
      waiting.set(first.at, next(first.at));
      yield first.result.value;
    }
  }
}

const lastLine = (text: string): string => text.trim().split('\n').at(-1) ?? '';
