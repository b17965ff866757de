import type { Compose } from './compose.ts';

/** The variable that tells tests and `lab node` where the Swarm's home is. */
export const SWARM_VARIABLE = 'LUCID_SWARM_STATE';

/** What a command needs in its environment to use what is up. */
export function engineEnvironment(
  dockerHost: string,
  compose: Compose | undefined,
  swarmDir?: string,
): Record<string, string> {
  return {
    DOCKER_HOST: dockerHost,
    ...(compose?.dockerConfig === undefined ? {} : { DOCKER_CONFIG: compose.dockerConfig }),
    ...(swarmDir === undefined ? {} : { [SWARM_VARIABLE]: swarmDir }),
  };
}

/** Lines for `eval` in a shell. */
export function exportLines(variables: Readonly<Record<string, string>>): string[] {
  return Object.entries(variables).map(
    ([name, value]) => `export ${name}='${value.replaceAll("'", "'\\''")}'`,
  );
}
