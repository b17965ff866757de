import type { CanonicalService } from '../../canonical.ts';
import { manifestErrors } from '../errors.ts';
import type { Deployment, HorizontalPodAutoscaler, Job, Service, StatefulSet } from '../manifest/objects.ts';
import type { Container } from '../manifest/pod.ts';
import {
  ALIAS_PREFIX,
  aliasLabel,
  NAME_LABEL,
  NETWORK_PREFIX,
  STATUS_LABEL,
  splitReference,
} from '../names.ts';
import { NEVER_GIVEN_UP } from '../write/workload.ts';
import { commandOf, environmentOf, imageOf, probeOf, resourcesOf, userOf } from './container.ts';
import { mountsOf } from './mounts.ts';
import { labelled } from './networks.ts';
import type { Manifests } from './objects.ts';

type Workload = Deployment | StatefulSet | Job;

/** What a workload and the objects around it mean. Throws where they contradict each other. */
export function readService(workload: Workload, manifests: Manifests): CanonicalService {
  const { template } = workload.spec;
  const { labels } = template.metadata;
  const [container] = template.spec.containers;
  const name = container.name;
  const templates = 'volumeClaimTemplates' in workload.spec ? (workload.spec.volumeClaimTemplates ?? []) : [];
  if (labels[NAME_LABEL] !== name)
    throw manifestErrors.notUnderstood(name, `has the labels of ${labels[NAME_LABEL]}`);
  const ports = portsOf(container);
  for (const address of ports.length > 0 ? [name] : [])
    requireAddress(address, { [NAME_LABEL]: name }, ports, manifests);
  const aliases = labelled(labels, ALIAS_PREFIX);
  for (const alias of aliases) requireAddress(alias, { [aliasLabel(alias)]: 'true' }, ports, manifests);
  return {
    name,
    kind: workload.kind === 'Job' ? 'job' : 'server',
    status: labels[STATUS_LABEL] === 'planned' ? 'planned' : 'built',
    image: imageOf(replaced(container.image, manifests)),
    command: commandOf(container),
    ...countOf(workload, manifests),
    ports,
    publishedPorts: publishedOf(name, manifests),
    networks: labelled(labels, NETWORK_PREFIX),
    aliases,
    env: environmentOf(container),
    ...mountsOf(
      template.spec,
      new Map(templates.map(({ metadata, spec }) => [metadata.name, spec])),
      manifests,
    ),
    probe: probeOf(container),
    ...resourcesOf(container),
    update: updateOf(workload),
    ...attemptsOf(workload),
    restart: template.spec.restartPolicy === 'OnFailure' ? 'on-failure' : 'always',
    stopGraceSeconds: template.spec.terminationGracePeriodSeconds,
    placement: template.spec.affinity?.nodeAffinity ? 'data' : 'spread',
    user: userOf(template.spec.securityContext),
    readOnlyRoot: container.securityContext.readOnlyRootFilesystem,
    startsAfter: [],
  };
}

function portsOf({ ports = [] }: Container): string[] {
  return ports.map(({ containerPort, protocol }) => `${containerPort}/${protocol.toLowerCase()}`).sort();
}

/** A name leads to the pods only by a headless Service that chooses them and knows their ports. */
function requireAddress(
  name: string,
  selector: Readonly<Record<string, string>>,
  ports: readonly string[],
  { services }: Manifests,
): void {
  const service = services.find(({ metadata }) => metadata.name === name);
  const known = (service?.spec.ports ?? []).map(({ port, protocol }) => `${port}/${protocol.toLowerCase()}`);
  const chosen = JSON.stringify(service?.spec.selector) === JSON.stringify(selector);
  if (service?.spec.clusterIP !== 'None' || !chosen || !ports.every((port) => known.includes(port)))
    throw manifestErrors.notUnderstood(name, `no headless Service leads to ${ports.join(', ')}`);
}

/** The image after what the list of images says. */
function replaced(reference: string, { kustomizations }: Manifests): string {
  const { name, tag } = splitReference(reference);
  const entries = [...kustomizations.values()].flatMap(({ images = [] }) => images);
  const entry = entries.find((each) => each.name === name);
  return entry ? `${entry.newName}:${entry.newTag}` : `${name}:${tag}`;
}

/** How many, and between which bounds: an autoscaler's, or always the same number. */
function countOf(
  workload: Workload,
  { autoscalers }: Manifests,
): Pick<CanonicalService, 'replicas' | 'scale'> {
  const { kind, metadata, spec } = workload;
  const autoscaler = autoscalers.find(
    ({ spec: { scaleTargetRef: target } }) => target.name === metadata.name,
  );
  const fixed = kind === 'Job' ? 1 : 'replicas' in spec ? spec.replicas : undefined;
  if (autoscaler && (autoscaler.spec.scaleTargetRef.kind !== kind || fixed !== undefined))
    throw manifestErrors.notUnderstood(
      metadata.name,
      'an autoscaler, and a number of replicas or another kind',
    );
  if (!autoscaler && fixed === undefined)
    throw manifestErrors.notUnderstood(metadata.name, 'no number of replicas');
  const min = fixed ?? autoscaler?.spec.minReplicas ?? 1;
  const max = fixed ?? autoscaler?.spec.maxReplicas ?? 1;
  return { replicas: min, scale: { min, max, ...(autoscaler && aimsOf(autoscaler)) } };
}

/** What an autoscaler keeps each measure at. */
function aimsOf({ metadata, spec }: HorizontalPodAutoscaler) {
  const aim = (measure: 'cpu' | 'memory'): number => {
    const [found, ...others] = spec.metrics.filter(({ resource }) => resource.name === measure);
    if (!found || others.length > 0)
      throw manifestErrors.notUnderstood(metadata.name, `an autoscaler without one aim for ${measure}`);
    return found.resource.target.averageUtilization;
  };
  return { cpuPercent: aim('cpu'), memoryPercent: aim('memory') };
}

/** `node:443->8443/tcp` on a port of each node, `cluster:8080->8081/tcp` for who forwards to it. */
function publishedOf(name: string, { services }: Manifests): string[] {
  return services
    .filter(({ spec }) => spec.type !== undefined && spec.selector[NAME_LABEL] === name)
    .flatMap(({ spec }: Service) =>
      spec.ports.map(({ port, targetPort, protocol }) => {
        const where = spec.type === 'NodePort' ? 'node' : 'cluster';
        return `${where}:${port}->${targetPort ?? port}/${protocol.toLowerCase()}`;
      }),
    )
    .sort();
}

/** A Job is given up some time; a server never is. How long the pauses are is Kubernetes' own affair. */
function attemptsOf(workload: Workload): Pick<CanonicalService, 'restartAttempts'> {
  if (workload.kind !== 'Job' || workload.spec.backoffLimit === NEVER_GIVEN_UP) return {};
  return { restartAttempts: workload.spec.backoffLimit };
}

/** A rollout stops where it fails, and has no pause of its own. */
function updateOf(workload: Workload): CanonicalService['update'] {
  const usual = { delaySeconds: 0, monitorSeconds: 0, failureAction: 'pause' };
  if (workload.kind === 'Job') return { ...usual, parallelism: 1, order: 'stop-first' };
  const monitorSeconds = workload.spec.minReadySeconds;
  if (workload.kind === 'StatefulSet')
    return { ...usual, monitorSeconds, parallelism: 1, order: 'stop-first' };
  const { maxSurge, maxUnavailable } = workload.spec.strategy.rollingUpdate;
  if ((maxSurge === 0) === (maxUnavailable === 0))
    throw manifestErrors.notUnderstood(workload.metadata.name, 'an update in both orders, or in none');
  return {
    ...usual,
    monitorSeconds,
    parallelism: maxSurge + maxUnavailable,
    order: maxSurge > 0 ? 'start-first' : 'stop-first',
  };
}
