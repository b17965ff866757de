import type { InstanceStatus } from '../engines/engine.ts';
import type { Service } from '../model/types.ts';
import { type Check, type CheckContext, instancesOf, type Result } from './check.ts';

const MOST_RESTARTS = 5;
const RECENTLY_MS = 600_000;

/**
 * As many ready instances as were asked for, no more, and jobs that have ended. Restarts are told; they are a failure
 * when there were more than five and the present life is younger than ten minutes: then it is still going on. Engines
 * count restarts over the whole life of an instance, so old ones that it has long recovered from must not fail it.
 */
export const replicas: Check = {
  name: 'replicas',
  run: async (context) => {
    const known = new Set(context.system.services.map(({ name }) => name));
    const strangers = context.status.instances.filter(({ service }) => !known.has(service));
    return [
      ...context.system.services.map((service) =>
        service.kind === 'job' ? jobResult(context, service) : serverResult(context, service),
      ),
      ...strangers.map(({ id, state }) => result(id, 'failed', `${state}, but nobody asked for it`)),
    ];
  },
};

function serverResult(context: CheckContext, service: Service): Result {
  const instances = instancesOf(context, service);
  const ready = instances.filter(({ state }) => state === 'ready').length;
  const others = instances
    .filter(({ state }) => state !== 'ready')
    .map(({ id, state }) => `${id} is ${state}`);
  const restarted = instances.filter(({ restarts }) => restarts > 0);
  const crashing = restarted.filter((instance) => isCrashing(instance, context.nowMs));
  const notes = [
    `${ready} of ${service.replicas} ready`,
    ...(instances.length > service.replicas
      ? [`${instances.length - service.replicas} more than wanted`]
      : []),
    ...others,
    ...restarted.map(({ id, restarts }) => `${id} restarted ${restarts} times`),
  ];
  const good = ready === service.replicas && instances.length === ready && crashing.length === 0;
  return result(service.name, good ? 'ok' : 'failed', notes.join(', '));
}

function isCrashing({ restarts, startedAt }: InstanceStatus, nowMs: number): boolean {
  if (restarts <= MOST_RESTARTS) return false;
  return startedAt === undefined || nowMs - Date.parse(startedAt) < RECENTLY_MS;
}

/** Engines list a job while it runs and when it has failed; one that is not listed has ended well. */
function jobResult(context: CheckContext, service: Service): Result {
  const left = instancesOf(context, service).filter(({ state }) => state !== 'stopped');
  if (left.length === 0) return result(service.name, 'ok', 'has ended');
  return result(service.name, 'failed', left.map(({ id, state }) => `${id} is ${state}`).join(', '));
}

const result = (subject: string, verdict: Result['verdict'], detail: string): Result => ({
  check: replicas.name,
  subject,
  verdict,
  detail,
});
