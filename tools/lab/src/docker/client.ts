import { execa } from 'execa';
import { LabError, throwIfAborted } from '../errors.ts';

/** What the client is started with: the caller's own contexts, certificates and credentials play no part. */
export function clientEnvironment(dockerHost: string): Record<string, string> {
  const { PATH = '', HOME = '/' } = process.env;
  return { PATH, HOME, DOCKER_HOST: dockerHost };
}

export interface ClientOptions {
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
}

/**
 * Runs `docker ARGS` against one engine and returns what it printed.
 * @throws LabError DOCKER_FAILED with its standard error, ABORTED when the signal fired
 */
export async function docker(
  dockerHost: string,
  args: readonly string[],
  options: ClientOptions = {},
): Promise<string> {
  const { signal, timeoutMs = 120_000 } = options;
  const result = await execa('docker', args, {
    env: clientEnvironment(dockerHost),
    extendEnv: false,
    stdin: 'ignore',
    reject: false,
    timeout: timeoutMs,
    ...(signal === undefined ? {} : { cancelSignal: signal }),
  });
  if (signal !== undefined) throwIfAborted(signal);
  if (!result.failed) return result.stdout;
  const why = result.timedOut ? `no answer in ${timeoutMs / 1000} s` : (result.shortMessage ?? 'failed');
  throw new LabError('DOCKER_FAILED', `docker ${args[0]} at ${dockerHost}: ${why}`, result.stderr);
}

/** Ids that a `docker … ls -q` prints. */
export async function dockerIds(dockerHost: string, args: readonly string[]): Promise<string[]> {
  return (await docker(dockerHost, args)).split('\n').filter(Boolean);
}

/** The version of the engine at this address, `undefined` when none answers. */
export async function engineVersion(dockerHost: string): Promise<string | undefined> {
  const args = ['version', '--format', '{{.Server.Version}}'];
  return docker(dockerHost, args, { timeoutMs: 30_000 }).catch((error: unknown) => {
    if (error instanceof LabError) return undefined; // not (yet) there; callers have a deadline and a log
    throw error;
  });
}
