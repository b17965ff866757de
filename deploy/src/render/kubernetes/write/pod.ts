import type { Service, System } from '../../../model/types.ts';
import type { ContainerService } from '../../container-system.ts';
import { startOf } from '../../foreign-images.ts';
import { manifestErrors } from '../errors.ts';
import type { Affinity, PodSpec, PodTemplate } from '../manifest/pod.ts';
import { aliasLabel, DATA_NODE_LABEL, NAME_LABEL, networkLabel, STORE_LABEL } from '../names.ts';
import { containerOf } from './container.ts';
import { labelsOf } from './labels.ts';
import type { Plan } from './plan.ts';
import { mountsOf } from './volumes.ts';

/** First port that needs no privilege. */
const FIRST_FREE_PORT = 1024;

/** The pod every kind of workload makes its replicas from. */
export function podTemplateOf({ system }: Plan, lowered: ContainerService): PodTemplate {
  const { service } = lowered;
  const volumes = mountsOf(lowered).flatMap(({ volume }) => volume ?? []);
  const store = sharedStoreOf(system, service);
  const labels = {
    ...labelsOf(system, service),
    ...Object.fromEntries(service.networks.map((network) => [networkLabel(network), 'true'])),
    ...Object.fromEntries(service.aliases.map((alias) => [aliasLabel(alias), 'true'])),
    ...(store === undefined ? {} : { [STORE_LABEL]: store }),
  };
  return {
    metadata: { labels },
    spec: {
      serviceAccountName: service.name,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      ...(service.kind === 'job' ? { restartPolicy: 'OnFailure' as const } : {}),
      terminationGracePeriodSeconds: service.stopGraceSeconds,
      securityContext: podSecurityOf(lowered),
      ...placementOf(service, store),
      containers: [containerOf(lowered)],
      ...(volumes.length > 0 ? { volumes } : {}),
    },
  };
}

/** The store it is one of several members of. */
export function sharedStoreOf(system: System, { name }: Service): string | undefined {
  return system.stores.find(({ members }) => members.length > 1 && members.includes(name))?.name;
}

function podSecurityOf({ service, ports }: ContainerService): PodSpec['securityContext'] {
  const { image, volumes } = service;
  const [user, group] = numericUser(image.user);
  const volumeGroup = volumes.length > 0 ? (group ?? startOf(image).volumeGroup) : undefined;
  const privileged = ports.some(({ port }) => port < FIRST_FREE_PORT);
  return {
    ...(user === undefined ? {} : { runAsNonRoot: true as const, runAsUser: user }),
    ...(group === undefined ? {} : { runAsGroup: group }),
    ...(volumeGroup === undefined
      ? {}
      : { fsGroup: volumeGroup, fsGroupChangePolicy: 'OnRootMismatch' as const }),
    seccompProfile: { type: 'RuntimeDefault' },
    // no capability reaches a process that is not root; this setting is the pod's own and one of the safe ones
    ...(privileged ? { sysctls: [{ name: 'net.ipv4.ip_unprivileged_port_start', value: '0' }] } : {}),
  };
}

/** `65534:65534` → both numbers. A name cannot be told to Kubernetes. */
function numericUser(user: string | undefined): [number | undefined, number | undefined] {
  if (user === undefined) return [undefined, undefined];
  const [, uid, gid] = /^(\d+)(?::(\d+))?$/.exec(user) ?? [];
  if (uid === undefined)
    throw manifestErrors.cannotRender(`a pod of the user ${user}`, 'Kubernetes wants a number');
  return [Number(uid), gid === undefined ? undefined : Number(gid)];
}

/**
 * Data: rather on nodes that are labelled for it; the volume itself decides afterwards. All others: spread over the
 * nodes. Both are wishes, because a cluster without such labels, or of one node, must be able to run the system.
 */
function placementOf(service: Service, store: string | undefined) {
  const affinity: Affinity = {
    ...(service.placement === 'data' ? { nodeAffinity: onDataNodes } : {}),
    ...(store === undefined ? {} : { podAntiAffinity: apartFrom(store) }),
  };
  const spread: PodSpec['topologySpreadConstraints'] = [
    {
      maxSkew: 1,
      topologyKey: 'kubernetes.io/hostname',
      whenUnsatisfiable: 'ScheduleAnyway',
      labelSelector: { matchLabels: { [NAME_LABEL]: service.name } },
    },
  ];
  return {
    ...(service.placement === 'spread' ? { topologySpreadConstraints: spread } : {}),
    ...(Object.keys(affinity).length > 0 ? { affinity } : {}),
  };
}

const onDataNodes: NonNullable<Affinity['nodeAffinity']> = {
  preferredDuringSchedulingIgnoredDuringExecution: [
    {
      weight: 100,
      preference: { matchExpressions: [{ key: DATA_NODE_LABEL, operator: 'In', values: ['true'] }] },
    },
  ],
};

function apartFrom(store: string): NonNullable<Affinity['podAntiAffinity']> {
  return {
    preferredDuringSchedulingIgnoredDuringExecution: [
      {
        weight: 50,
        podAffinityTerm: {
          topologyKey: 'kubernetes.io/hostname',
          labelSelector: { matchLabels: { [STORE_LABEL]: store } },
        },
      },
    ],
  };
}
