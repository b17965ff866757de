import type { DockerCommand } from './docker-command.ts';
import type { InspectedContainer } from './instance-of-container.ts';

/** Five restarts during the start are no accident any more. */
const HOPELESS_RESTARTS = 5;
/** Bad configuration (`EX_CONFIG`): another start will not better it. */
const CONFIGURATION = 78;

/** Why a container will never be ready, with the last line it wrote; undefined while there is hope. */
export async function lastWordsOf(
  docker: DockerCommand,
  container: InspectedContainer,
): Promise<string | undefined> {
  const { State: state, RestartCount: restarts } = container;
  const ended = state.Status === 'exited' || state.Status === 'dead';
  if (!ended && restarts < HOPELESS_RESTARTS && state.ExitCode !== CONFIGURATION) return undefined;
  const log = await docker.try(['logs', '--tail', '5', container.Id]);
  const words = `${log.stdout}\n${log.error}`.trim().split('\n').at(-1) ?? '';
  return `ended with exit code ${state.ExitCode} after ${restarts} restarts: ${words}`;
}
