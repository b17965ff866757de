import type { ContainerService } from '../../container-system.ts';
import type { HorizontalPodAutoscaler, PodDisruptionBudget } from '../manifest/objects.ts';
import { NAME_LABEL, STORE_LABEL } from '../names.ts';
import { metadataOf, sharedMetadata } from './labels.ts';
import { isAutoscaled, type Plan, workloadKindOf } from './plan.ts';
import { sharedStoreOf } from './pod.ts';

/**
 * Up at once: every 15 s by its own number or by four, whichever is more, because waiting callers are lost ones.
 * Down with patience: as many as five minutes agree on, and at most half of them a minute, so that a dip costs nothing
 * and what drains has others to go to.
 */
const BEHAVIOUR: HorizontalPodAutoscaler['spec']['behavior'] = {
  scaleUp: {
    stabilizationWindowSeconds: 0,
    selectPolicy: 'Max',
    policies: [
      { type: 'Percent', value: 100, periodSeconds: 15 },
      { type: 'Pods', value: 4, periodSeconds: 15 },
    ],
  },
  scaleDown: {
    stabilizationWindowSeconds: 300,
    selectPolicy: 'Max',
    policies: [{ type: 'Percent', value: 50, periodSeconds: 60 }],
  },
};

/** Who moves the number of replicas, where the profile wants that. Aims are percent of what a pod requests. */
export function autoscalerOf(plan: Plan, { service }: ContainerService): HorizontalPodAutoscaler[] {
  if (!isAutoscaled(plan, service)) return [];
  const { min, max, cpuPercent, memoryPercent } = service.scale;
  return [
    {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: metadataOf(plan.system, service),
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: workloadKindOf(service), name: service.name },
        minReplicas: min,
        maxReplicas: max,
        metrics: [metric('cpu', cpuPercent), metric('memory', memoryPercent)],
        behavior: BEHAVIOUR,
      },
    },
  ];
}

function metric(name: 'cpu' | 'memory', averageUtilization: number) {
  const target = { type: 'Utilization' as const, averageUtilization };
  return { type: 'Resource' as const, resource: { name, target } };
}

/** Who empties a node takes one pod at a time. A lone pod has no budget: it could never be moved. */
export function budgetOf(plan: Plan, { service }: ContainerService): PodDisruptionBudget[] {
  if (service.kind === 'job' || sharedStoreOf(plan.system, service) !== undefined) return [];
  const least = isAutoscaled(plan, service) ? service.scale.min : service.replicas;
  if (least < 2) return [];
  return [budget(metadataOf(plan.system, service), { [NAME_LABEL]: service.name })];
}

/** Members of one store are workloads of their own, and share one budget all the same. */
export function storeBudgetsOf({ system }: Plan, among: readonly ContainerService[]): PodDisruptionBudget[] {
  const here = new Set(among.map(({ service }) => service.name));
  return system.stores
    .filter(({ members }) => members.length > 1 && members.every((member) => here.has(member)))
    .map(({ name }) => budget(sharedMetadata(system, name), { [STORE_LABEL]: name }));
}

function budget(
  metadata: PodDisruptionBudget['metadata'],
  matchLabels: Record<string, string>,
): PodDisruptionBudget {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata,
    spec: { maxUnavailable: 1, selector: { matchLabels } },
  };
}
