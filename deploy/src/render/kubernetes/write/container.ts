import type { Share } from '../../../model/policies.ts';
import type { ContainerService } from '../../container-system.ts';
import { startOf } from '../../foreign-images.ts';
import type { Container } from '../manifest/pod.ts';
import { imageReference } from '../names.ts';
import { escapeDollars } from './expansion.ts';
import { probesOf } from './probes.ts';
import { mountsOf } from './volumes.ts';

type Variables = NonNullable<Container['env']>;

/** The one container of a pod. */
export function containerOf(lowered: ContainerService): Container {
  const { service, ports } = lowered;
  const { image, resources } = service;
  const { capabilities } = startOf(image);
  const variables = variablesOf(lowered);
  const mounts = mountsOf(lowered).map(({ mount }) => mount);
  return {
    name: service.name,
    image: imageReference(image),
    imagePullPolicy: 'IfNotPresent',
    ...commandOf(lowered),
    ...(variables.length > 0 ? { env: variables } : {}),
    ...(ports.length > 0 ? { ports: ports.map(({ port, protocol }) => namedPort(port, protocol)) } : {}),
    ...probesOf(service),
    resources: { requests: quantitiesOf(resources.reservations), limits: quantitiesOf(resources.limits) },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: image.readOnlyRoot,
      capabilities: { drop: ['ALL'], ...(capabilities.length > 0 ? { add: [...capabilities] } : {}) },
    },
    ...(mounts.length > 0 ? { volumeMounts: mounts } : {}),
  };
}

/** Given to the image's entry point where that one runs what it is given, and in its place where it does not. */
function commandOf({ service }: ContainerService): Pick<Container, 'command' | 'args'> {
  if (!service.command) return {};
  const command = service.command.map(escapeDollars);
  return startOf(service.image).entryPointRuns ? { args: command } : { command };
}

/**
 * The model's variables. A service of ours is told its pod's name and address as well; a pod has one address, so the
 * network to find it on is not.
 */
function variablesOf({ service, environment }: ContainerService): Variables {
  const { ADVERTISED_NETWORK: network, ...others } = environment;
  const literal = Object.entries(others).map(([name, value]) => ({ name, value: escapeDollars(value) }));
  if (network === undefined) return literal;
  return [
    { name: 'POD_IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
    { name: 'INSTANCE_ID', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
    { name: 'ADVERTISED_ADDRESS', value: `$(POD_IP):${service.port}` },
    ...literal,
  ];
}

/** `tcp-8080`: names of ports are at most 15 characters. */
export function portName(port: number, protocol: 'tcp' | 'udp'): string {
  return `${protocol}-${port}`;
}

function namedPort(containerPort: number, protocol: 'tcp' | 'udp') {
  return { name: portName(containerPort, protocol), containerPort, protocol: upper(protocol) };
}

/** As Kubernetes spells it. */
export function upper(protocol: 'tcp' | 'udp'): 'TCP' | 'UDP' {
  return protocol === 'tcp' ? 'TCP' : 'UDP';
}

function quantitiesOf({ cpus, memoryMiB }: Share) {
  return { cpu: `${Math.round(cpus * 1000)}m`, memory: `${memoryMiB}Mi` };
}
