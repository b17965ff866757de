import type { Service } from '../../model/types.ts';
import {
  mostReplicas,
  type Plan,
  startWindowSeconds,
  updateParallelismOf,
} from '../../render/kubernetes/write/plan.ts';

/** An image may have to be fetched by every node; it is not in what a probe gives a pod. */
const PULL_SECONDS = 300;

/**
 * The longest a rollout may take in which no pod is broken, in seconds: for each round of replicas the old pods' end,
 * the time a probe gives the new ones, and the time they must have been ready before the next round; and one pull.
 */
export function rolloutSeconds(plan: Plan, service: Service): number {
  const rounds = Math.ceil(mostReplicas(plan, service) / updateParallelismOf(service));
  const round = service.stopGraceSeconds + startWindowSeconds(service) + service.update.monitorSeconds;
  return rounds * round + PULL_SECONDS;
}
