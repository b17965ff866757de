import type { Volume } from '../../../model/types.ts';
import type { ContainerService } from '../../container-system.ts';
import type { Deployment, Job, PersistentVolumeClaim, StatefulSet } from '../manifest/objects.ts';
import { NAME_LABEL, shortHash } from '../names.ts';
import { metadataOf } from './labels.ts';
import {
  accessModeOf,
  claimedVolumes,
  isAutoscaled,
  type Plan,
  startWindowSeconds,
  updateOrderOf,
  updateParallelismOf,
  workloadKindOf,
} from './plan.ts';
import { podTemplateOf } from './pod.ts';

/** Versions `kubectl rollout undo` can go back to. */
const REVISIONS = 5;
/** The largest number there is: as often as it takes. The pause between two tries grows to five minutes. */
export const NEVER_GIVEN_UP = 2_147_483_647;
/** Pulling an image is not in the start window. */
const PULL_SECONDS = 300;

/** What makes and replaces the pods of a service. */
export function workloadOf(plan: Plan, lowered: ContainerService): Deployment | StatefulSet | Job {
  switch (workloadKindOf(lowered.service)) {
    case 'Deployment':
      return deploymentOf(plan, lowered);
    case 'StatefulSet':
      return statefulSetOf(plan, lowered);
    case 'Job':
      return jobOf(plan, lowered);
  }
}

/** The volumes all replicas see. */
export function claimsOf(plan: Plan, { service }: ContainerService): PersistentVolumeClaim[] {
  return claimedVolumes(service).map((volume) => ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: metadataOf(plan.system, service, volume.name),
    spec: claimSpec(accessModeOf(plan, service), volume),
  }));
}

function deploymentOf(plan: Plan, lowered: ContainerService): Deployment {
  const { service } = lowered;
  const parallelism = updateParallelismOf(service);
  const startFirst = updateOrderOf(plan, service) === 'start-first';
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: metadataOf(plan.system, service),
    spec: {
      ...replicasOf(plan, lowered),
      revisionHistoryLimit: REVISIONS,
      minReadySeconds: service.update.monitorSeconds,
      progressDeadlineSeconds: startWindowSeconds(service) + service.update.monitorSeconds + PULL_SECONDS,
      strategy: {
        type: 'RollingUpdate',
        rollingUpdate: startFirst
          ? { maxSurge: parallelism, maxUnavailable: 0 }
          : { maxSurge: 0, maxUnavailable: parallelism },
      },
      selector: selectorOf(lowered),
      template: podTemplateOf(plan, lowered),
    },
  };
}

function statefulSetOf(plan: Plan, lowered: ContainerService): StatefulSet {
  const { service } = lowered;
  const claimed = claimedVolumes(service);
  const own = service.volumes.filter((volume) => !claimed.includes(volume));
  const templates = own.map((volume) => ({
    metadata: { name: volume.name },
    spec: claimSpec('ReadWriteOnce', volume),
  }));
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: metadataOf(plan.system, service),
    spec: {
      serviceName: service.name,
      ...replicasOf(plan, lowered),
      revisionHistoryLimit: REVISIONS,
      minReadySeconds: service.update.monitorSeconds,
      podManagementPolicy: 'Parallel',
      updateStrategy: { type: 'RollingUpdate' },
      selector: selectorOf(lowered),
      template: podTemplateOf(plan, lowered),
      ...(templates.length > 0 ? { volumeClaimTemplates: templates } : {}),
    },
  };
}

/** A job cannot be changed: what is in it is in its name, so that another one runs when that is something else. */
function jobOf(plan: Plan, lowered: ContainerService): Job {
  const { service } = lowered;
  const spec = {
    backoffLimit: service.restart.maxAttempts ?? NEVER_GIVEN_UP,
    template: podTemplateOf(plan, lowered),
  };
  const name = `${service.name}-${shortHash(JSON.stringify(spec))}`;
  return { apiVersion: 'batch/v1', kind: 'Job', metadata: metadataOf(plan.system, service, name), spec };
}

/** An autoscaler's number is not written: it would be undone each time the files are applied. */
function replicasOf(plan: Plan, { service }: ContainerService) {
  return isAutoscaled(plan, service) ? {} : { replicas: service.replicas };
}

const selectorOf = ({ service }: ContainerService) => ({ matchLabels: { [NAME_LABEL]: service.name } });

function claimSpec(
  mode: 'ReadWriteOnce' | 'ReadWriteMany',
  { sizeGiB }: Volume,
): PersistentVolumeClaim['spec'] {
  return { accessModes: [mode], resources: { requests: { storage: `${sizeGiB}Gi` } } };
}
