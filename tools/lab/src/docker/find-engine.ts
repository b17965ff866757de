import { execa } from 'execa';
import { dockerHostOf, type Home } from './home.ts';

/** An engine that answers. */
export interface FoundEngine {
  readonly dockerHost: string;
  readonly version: string;
  /** `environment`: DOCKER_HOST names it; `lab`: started by us; `machine`: what `docker` uses by itself. */
  readonly whose: 'environment' | 'lab' | 'machine';
}

async function ask(env: NodeJS.ProcessEnv, ...args: string[]): Promise<string | undefined> {
  const options = { env, extendEnv: false, reject: false, timeout: 30_000 };
  const result = await execa('docker', args, options);
  return result.failed || result.stdout.trim() === '' ? undefined : result.stdout.trim();
}

/** The version of the engine there, asked with the caller's certificates and contexts. */
async function versionAt(env: NodeJS.ProcessEnv, dockerHost: string): Promise<string | undefined> {
  return ask({ ...env, DOCKER_HOST: dockerHost }, 'version', '--format', '{{.Server.Version}}');
}

/** The engines that may be there, the likeliest first: DOCKER_HOST, the lab's own, the machine's. */
async function candidates(env: NodeJS.ProcessEnv, homes: readonly Home[]) {
  const { DOCKER_HOST: named, ...rest } = env;
  const machine = await ask(rest, 'context', 'inspect', '--format', '{{.Endpoints.docker.Host}}');
  const own = homes.map((home) => dockerHostOf(home.engineDir));
  return [
    { whose: 'environment' as const, dockerHost: own.includes(named ?? '') ? undefined : named },
    ...own.map((dockerHost) => ({ whose: 'lab' as const, dockerHost })),
    { whose: 'machine' as const, dockerHost: machine },
  ];
}

/**
 * The first engine that answers, `undefined` when none does (or there is no `docker` to ask with).
 * @param homes where engines of the lab may be
 */
export async function findEngine(
  env: NodeJS.ProcessEnv,
  homes: readonly Home[],
): Promise<FoundEngine | undefined> {
  for (const { whose, dockerHost } of await candidates(env, homes)) {
    if (dockerHost === undefined || dockerHost === '') continue;
    const version = await versionAt(env, dockerHost);
    if (version !== undefined) return { dockerHost, version, whose };
  }
  return undefined;
}
