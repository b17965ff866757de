/** One service of a stack. */
import type { Share } from '../../model/policies.ts';
import type { PublishedPort, Service } from '../../model/types.ts';
import { bodyOf } from '../compose-format/body.ts';
import { withInstanceId } from '../compose-format/instance-id.ts';
import { literally } from '../compose-format/interpolation.ts';
import { labelsOf } from '../compose-format/labels.ts';
import { hasInstanceVolume, type ServiceUnit } from '../compose-format/service-units.ts';
import { inMebibytes, inSeconds } from '../compose-format/units.ts';
import type { Deploy, Placement, Replacement, SwarmPort, SwarmService } from './schema.ts';
import { idPerTask, idPerVolume, untemplated } from './templates.ts';
import { updateOrder } from './update-order.ts';

export function swarmService(unit: ServiceUnit, profile: string): SwarmService {
  const { stop_grace_period, ...body } = bodyOf(unit, environmentOf(unit));
  return {
    ...body,
    ...(unit.publishedPorts.length > 0 && { ports: unit.publishedPorts.flatMap(hostPorts) }),
    stop_grace_period,
    deploy: literally(deployOf(unit, profile)),
  };
}

function environmentOf(unit: ServiceUnit): Record<string, string> {
  const { lowered, name, replica } = unit;
  const own = hasInstanceVolume(lowered.service) ? idPerVolume : idPerTask;
  const literal: ServiceUnit = {
    ...unit,
    lowered: { ...lowered, environment: untemplated(lowered.environment) },
  };
  return withInstanceId(literal, replica === undefined ? own(lowered.service.name) : own(name));
}

function deployOf({ lowered, replicas, publishedPorts }: ServiceUnit, profile: string): Deploy {
  const { service } = lowered;
  const ports = lowered.ports.map(({ port, protocol }) => `${port}/${protocol}`);
  const { resources, update, restart } = service;
  const placement = placementOf(service, publishedPorts);
  const replacement: Replacement = {
    parallelism: update.parallelism,
    delay: inSeconds(update.delaySeconds),
    monitor: inSeconds(update.monitorSeconds),
    failure_action: update.failureAction,
    order: updateOrder(lowered),
  };
  return {
    mode: 'replicated',
    replicas,
    endpoint_mode: 'dnsrr', // discovery balances by itself, and a virtual address would pin its connections
    ...(Object.keys(placement).length > 0 && { placement }),
    resources: { limits: share(resources.limits), reservations: share(resources.reservations) },
    update_config: replacement,
    rollback_config: rollbackOf(replacement),
    restart_policy: {
      condition: restart.condition === 'always' ? 'any' : restart.condition,
      delay: inSeconds(restart.delaySeconds),
      ...(restart.maxAttempts !== undefined && { max_attempts: restart.maxAttempts }),
    },
    labels: { ...labelsOf(service, profile), 'lucid.ports': ports.join(' ') },
  };
}

/** Back by the same steps; what fails on the way back is left for people to look at. */
export function rollbackOf(update: Replacement): Replacement {
  return { ...update, failure_action: 'pause' };
}

/** Swarm spreads the tasks of a service over all nodes unless told otherwise. */
function placementOf({ placement }: Service, ports: readonly PublishedPort[]): Placement {
  return {
    ...(placement === 'data' && { constraints: ['node.labels.lucid.data == true'] }),
    ...(ports.length > 0 && { max_replicas_per_node: 1 }),
  };
}

/** A port of the node itself. The routing mesh would hide who calls, and needs virtual addresses. */
function hostPorts({ port, lastPort, target, protocol }: PublishedPort): SwarmPort[] {
  return Array.from({ length: lastPort - port + 1 }, (_, at) => ({
    target: target + at,
    published: port + at,
    protocol,
    mode: 'host',
  }));
}

const share = ({ cpus, memoryMiB }: Share) => ({ cpus: String(cpus), memory: inMebibytes(memoryMiB) });
