/** Rolling updates of one service: begun here, carried out by Swarm, waited for here. */
import { setTimeout as sleep } from 'node:timers/promises';
import { deployErrors } from '../../errors.ts';
import type { DockerCommand } from '../containers/docker-command.ts';

interface UpdateStatus {
  readonly State: string;
  readonly StartedAt: string;
  readonly Message?: string;
}

interface UpdatedService {
  readonly Spec: {
    readonly Mode: { readonly Replicated?: { readonly Replicas: number } };
    readonly TaskTemplate: { readonly ContainerSpec: { readonly Image: string } };
  };
  readonly UpdateStatus?: UpdateStatus | null;
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
  const { UpdateStatus: before, Spec } = await inspected(docker, service);
  await docker.run(['service', ...args, '--detach', service]);
  if (Spec.Mode.Replicated?.Replicas === 0) return; // Swarm says nothing of an update that replaces nothing
  const deadline = performance.now() + deadlineMs;
  for (;;) {
    const { UpdateStatus: status } = await inspected(docker, service);
    const begun = status && status.StartedAt !== before?.StartedAt;
    if (begun && OVER.includes(status.State)) {
      if (status.State === wanted) return;
      throw deployErrors.updateFailed(service, `${status.State}: ${status.Message ?? 'no reason given'}`);
    }
    if (performance.now() > deadline) throw deployErrors.notReadyInTime([service], deadlineMs / 1_000);
    await sleep(LOOK_EVERY_MS);
  }
}

/** Whether a service has that image already and no update is under way or held: another one would never begin. */
export async function runsAlready(
  docker: DockerCommand,
  service: string,
  reference: string,
): Promise<boolean> {
  const { Spec, UpdateStatus: status } = await inspected(docker, service);
  const settled = !status || status.State === 'completed' || status.State === 'rollback_completed';
  return settled && Spec.TaskTemplate.ContainerSpec.Image === reference;
}

async function inspected(docker: DockerCommand, service: string): Promise<UpdatedService> {
  const [found] = await docker.inspect<UpdatedService>(['service', 'inspect', service]);
  if (!found) throw deployErrors.dockerFailed(['service', 'inspect', service], 'no such service');
  return found;
}
