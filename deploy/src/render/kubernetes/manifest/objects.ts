/**
 * The part of Kubernetes' vocabulary that is written here, and nothing else: the writer's types, and the whitelist of
 * the reader, who throws on a key or a constant it does not know. The full one is `deploy/schemas/kubernetes.json`.
 */
import { type Static, Type } from 'typebox';
import { PodTemplate } from './pod.ts';
import { count, kind, labels, maybe, protocol, Selector, strict, text } from './strict.ts';

const ClaimSpec = strict({
  accessModes: Type.Tuple([Type.Union([Type.Literal('ReadWriteOnce'), Type.Literal('ReadWriteMany')])]),
  resources: strict({ requests: strict({ storage: text }) }),
});

export const Namespace = kind('v1', 'Namespace', {});
export const ServiceAccount = kind('v1', 'ServiceAccount', {
  automountServiceAccountToken: Type.Literal(false),
});
export const ConfigMap = kind('v1', 'ConfigMap', { immutable: Type.Literal(true), data: labels });
export const PersistentVolumeClaim = kind('v1', 'PersistentVolumeClaim', { spec: ClaimSpec });

export const Service = kind('v1', 'Service', {
  spec: strict({
    type: maybe(Type.Union([Type.Literal('ClusterIP'), Type.Literal('NodePort')])),
    clusterIP: maybe(Type.Literal('None')),
    publishNotReadyAddresses: maybe(Type.Literal(true)),
    externalTrafficPolicy: maybe(Type.Literal('Local')),
    sessionAffinity: maybe(Type.Literal('ClientIP')),
    selector: labels,
    ports: Type.Array(strict({ name: text, port: count, targetPort: maybe(count), protocol })),
  }),
});

export const Deployment = kind('apps/v1', 'Deployment', {
  spec: strict({
    replicas: maybe(count),
    revisionHistoryLimit: count,
    minReadySeconds: count,
    progressDeadlineSeconds: count,
    strategy: strict({
      type: Type.Literal('RollingUpdate'),
      rollingUpdate: strict({ maxSurge: count, maxUnavailable: count }),
    }),
    selector: Selector,
    template: PodTemplate,
  }),
});

export const StatefulSet = kind('apps/v1', 'StatefulSet', {
  spec: strict({
    serviceName: text,
    replicas: maybe(count),
    revisionHistoryLimit: count,
    minReadySeconds: count,
    podManagementPolicy: Type.Literal('Parallel'),
    updateStrategy: strict({ type: Type.Literal('RollingUpdate') }),
    selector: Selector,
    template: PodTemplate,
    volumeClaimTemplates: maybe(Type.Array(strict({ metadata: strict({ name: text }), spec: ClaimSpec }))),
  }),
});

export const Job = kind('batch/v1', 'Job', {
  spec: strict({ backoffLimit: count, template: PodTemplate }),
});

const Metric = strict({
  type: Type.Literal('Resource'),
  resource: strict({
    name: Type.Union([Type.Literal('cpu'), Type.Literal('memory')]),
    target: strict({ type: Type.Literal('Utilization'), averageUtilization: count }),
  }),
});
const ScalingRules = strict({
  stabilizationWindowSeconds: count,
  selectPolicy: Type.Literal('Max'),
  policies: Type.Array(
    strict({
      type: Type.Union([Type.Literal('Pods'), Type.Literal('Percent')]),
      value: count,
      periodSeconds: count,
    }),
  ),
});
export const HorizontalPodAutoscaler = kind('autoscaling/v2', 'HorizontalPodAutoscaler', {
  spec: strict({
    scaleTargetRef: strict({ apiVersion: Type.Literal('apps/v1'), kind: text, name: text }),
    minReplicas: count,
    maxReplicas: count,
    metrics: Type.Array(Metric),
    behavior: strict({ scaleUp: ScalingRules, scaleDown: ScalingRules }),
  }),
});

export const PodDisruptionBudget = kind('policy/v1', 'PodDisruptionBudget', {
  spec: strict({ maxUnavailable: Type.Literal(1), selector: Selector }),
});

export type Service = Static<typeof Service>;
export type Deployment = Static<typeof Deployment>;
export type StatefulSet = Static<typeof StatefulSet>;
export type Job = Static<typeof Job>;
export type ConfigMap = Static<typeof ConfigMap>;
export type PersistentVolumeClaim = Static<typeof PersistentVolumeClaim>;
export type HorizontalPodAutoscaler = Static<typeof HorizontalPodAutoscaler>;
export type PodDisruptionBudget = Static<typeof PodDisruptionBudget>;
