/** Waits for instances by their states, and tells every change on the way. */
import { setTimeout as sleep } from 'node:timers/promises';
import { deployErrors } from '../../errors.ts';
import type { EngineListener, InstanceState, InstanceStatus } from '../engine.ts';

export interface Watch {
  /** The instances of this moment; those that are not there yet are missing from it. */
  readonly list: () => Promise<readonly InstanceStatus[]>;
  /** Ids that must become ready, and jobs that must have ended well (`stopped`; one that is gone has not). */
  readonly servers: readonly string[];
  readonly jobs: readonly string[];
  readonly deadlineMs: number;
  /** What has been told already; shared by the phases of one start. */
  readonly known: Map<string, InstanceState>;
  readonly listener: EngineListener;
  /** Why an instance will never be ready; undefined while there is hope. */
  readonly verdict: (instance: InstanceStatus) => Promise<string | undefined>;
  readonly signal?: AbortSignal | undefined;
}

const LOOK_EVERY_MS = 500;

/** @throws `instance-failed` as soon as one is beyond hope, `not-ready` at the deadline, `start-interrupted` */
export async function waitUntilReady(watch: Watch): Promise<void> {
  const deadline = performance.now() + watch.deadlineMs;
  for (;;) {
    const instances = await watch.list();
    for (const instance of instances) {
      const from = watch.known.get(instance.id) ?? 'planned';
      if (from !== instance.state)
        watch.listener({ type: 'instance', id: instance.id, from, state: instance.state });
      watch.known.set(instance.id, instance.state);
    }
    const waiting = missingOf(watch, instances);
    if (waiting.length === 0) return;
    for (const instance of instances.filter(({ state }) => state === 'failed' || state === 'backoff')) {
      const reason = await watch.verdict(instance);
      if (reason) throw deployErrors.instanceFailed(instance.id, reason, 'nx run deploy:logs');
    }
    if (watch.signal?.aborted) throw deployErrors.startInterrupted();
    if (performance.now() > deadline) throw deployErrors.notReadyInTime(waiting, watch.deadlineMs / 1_000);
    await sleep(LOOK_EVERY_MS);
  }
}

function missingOf({ servers, jobs }: Watch, instances: readonly InstanceStatus[]): string[] {
  const stateOf = new Map(instances.map(({ id, state }) => [id, state]));
  return [
    ...servers.filter((id) => stateOf.get(id) !== 'ready'),
    ...jobs.filter((id) => stateOf.get(id) !== 'stopped'),
  ];
}
