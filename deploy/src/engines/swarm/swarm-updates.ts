/** Rolling updates of one service: begun here, carried out by Swarm, waited for here. */
import { setTimeout as sleep } from 'node:timers/promises';
import { deployErrors } from '../../errors.ts';
import type { DockerCommand } from '../containers/docker-command.ts';

interface UpdateStatus {
  readonly State: string;
  readonly StartedAt: string;
  readonly Message?: string;
}

const LOOK_EVERY_MS = 500;
const OVER = ['completed', 'rollback_completed', 'paused', 'rollback_paused'];

/**
 * Runs one `docker service update|rollback` and waits until Swarm says that it is over.
 * @param wanted how it must end
 * @throws `update-failed` when it ends otherwise, `not-ready` at the deadline
 */
export async function carryOut(
  docker: DockerCommand,
  args: readonly string[],
  service: string,
  wanted: 'completed' | 'rollback_completed',
  deadlineMs: number,
): Promise<void> {
  const before = (await updateStatusOf(docker, service))?.StartedAt;
  await docker.run(['service', ...args, '--detach', service]);
  const deadline = performance.now() + deadlineMs;
  for (;;) {
    const status = await updateStatusOf(docker, service);
    const begun = status !== undefined && status.StartedAt !== before;
    if (begun && OVER.includes(status.State)) {
      if (status.State === wanted) return;
      throw deployErrors.updateFailed(service, `${status.State}: ${status.Message ?? 'no reason given'}`);
    }
    if (performance.now() > deadline) throw deployErrors.notReadyInTime([service], deadlineMs / 1_000);
    await sleep(LOOK_EVERY_MS);
  }
}

async function updateStatusOf(docker: DockerCommand, service: string): Promise<UpdateStatus | undefined> {
  const text = await docker.run(['service', 'inspect', '--format', '{{json .UpdateStatus}}', service]);
  const status = JSON.parse(text) as UpdateStatus | null;
  return status ?? undefined;
}
