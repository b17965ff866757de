/** What the files are written from: the lowered system, and what this target decides about each of its parts. */
import type { Service, System } from '../../../model/types.ts';
import { type ContainerService, containerSystem } from '../../container-system.ts';

export interface Plan {
  readonly system: System;
  readonly services: readonly ContainerService[];
  /** Whether the cluster's own autoscaler moves the services in their ranges. */
  readonly autoscaled: boolean;
}

/** The one profile that hands the number of replicas to the cluster. */
const AUTOSCALED_PROFILE = 'autoscale';

export function planOf(system: System, profile: string): Plan {
  return { system, services: containerSystem(system).services, autoscaled: profile === AUTOSCALED_PROFILE };
}

export type WorkloadKind = 'Deployment' | 'StatefulSet' | 'Job';

/** Stores, and whatever keeps something of its own in each replica, have names and volumes that stay. */
export function workloadKindOf(service: Service): WorkloadKind {
  if (service.kind === 'job') return 'Job';
  const keeps = service.volumes.some((volume) => volume.scope === 'instance');
  return service.kind === 'store' || keeps ? 'StatefulSet' : 'Deployment';
}

/** Whether an autoscaler owns its number of replicas. */
export function isAutoscaled(plan: Plan, service: Service): boolean {
  return plan.autoscaled && service.kind !== 'job' && service.scale.max > service.scale.min;
}

/** The most replicas there can be in this profile without a hand at it. */
export function mostReplicas(plan: Plan, service: Service): number {
  return isAutoscaled(plan, service) ? Math.max(service.scale.max, service.replicas) : service.replicas;
}

/** Volumes that all replicas see, and that are therefore claimed once; a job has no claims of its own. */
export function claimedVolumes(service: Service) {
  return service.volumes.filter((volume) => volume.scope === 'shared' || service.kind === 'job');
}

/** One node at a time, or several: only a few kinds of storage can do the latter, so it is asked for when it is needed. */
export function accessModeOf(plan: Plan, service: Service): 'ReadWriteOnce' | 'ReadWriteMany' {
  return mostReplicas(plan, service) > 1 ? 'ReadWriteMany' : 'ReadWriteOnce';
}

/**
 * The order of an update as the cluster can keep it. A StatefulSet stops before it starts; and while the old pod has a
 * ReadWriteOnce volume, a new one on another node could never attach it.
 */
export function updateOrderOf(plan: Plan, service: Service): 'start-first' | 'stop-first' {
  const held = claimedVolumes(service).length > 0 && accessModeOf(plan, service) === 'ReadWriteOnce';
  return workloadKindOf(service) === 'StatefulSet' || held ? 'stop-first' : service.update.order;
}

/** A StatefulSet replaces one pod after the other. */
export function updateParallelismOf(service: Service): number {
  return workloadKindOf(service) === 'StatefulSet' ? 1 : service.update.parallelism;
}

/** Seconds until a pod that never answers counts as broken: what failures do not count in, then all those that do. */
export function startWindowSeconds(service: Service): number {
  const { probe } = service;
  return probe ? probe.startPeriodSeconds + probe.retries * probe.intervalSeconds : 0;
}
