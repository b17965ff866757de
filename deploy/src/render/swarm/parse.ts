/** Reads stack files back into what they mean. */
import { isDeepStrictEqual } from 'node:util';
import type { PublishedPort } from '../../model/types.ts';
import type { CanonicalGraph } from '../canonical.ts';
import type { VolumeLabels } from '../compose-format/body-schema.ts';
import { collapsed, type ReadUnit } from '../compose-format/collapsed.ts';
import { documentReader } from '../compose-format/document.ts';
import { formatErrors } from '../compose-format/errors.ts';
import { withoutInstanceId } from '../compose-format/instance-id.ts';
import { merged, readFiles, requireStatus } from '../compose-format/merged-files.ts';
import { joinedRanges } from '../compose-format/published-ports.ts';
import { reachableEdges } from '../compose-format/reachable.ts';
import { type BodyContext, readBody } from '../compose-format/read-body.ts';
import { readNetworks } from '../compose-format/read-networks.ts';
import { readShare } from '../compose-format/read-share.ts';
import { secondsOf } from '../compose-format/units.ts';
import { FILES } from './files.ts';
import { EVERY_ADDRESS } from './open-ports.ts';
import { type Deploy, SwarmDocument, type SwarmPort, type SwarmService } from './schema.ts';
import { rollbackOf } from './service.ts';
import { fromTemplates, idPerTask, idPerVolume } from './templates.ts';

const readDocument = documentReader(SwarmDocument);

type Context = Omit<BodyContext, 'where' | 'scopeOf'>;

export function parseSwarm(files: ReadonlyMap<string, string>): CanonicalGraph {
  const { built, planned } = readFiles(files, { ...FILES, others: [] }, readDocument);
  const context: Context = {
    volumes: merged(built.volumes, planned?.volumes),
    secrets: new Set(Object.keys(merged(built.secrets, planned?.secrets))),
    configs: new Set(Object.keys(merged(built.configs, planned?.configs))),
  };
  const units = Object.entries(merged(built.services, planned?.services)).map(([name, service]) =>
    readService(name, service, planned !== undefined && Object.hasOwn(planned.services, name), context),
  );
  const services = collapsed(units);
  return {
    services,
    networks: readNetworks(merged(built.networks, planned?.networks)),
    edges: reachableEdges(services),
  };
}

function readService(
  unit: string,
  service: SwarmService,
  inPlannedFile: boolean,
  context: Context,
): ReadUnit {
  const { deploy, ports = [] } = service;
  const { labels, placement = {}, restart_policy: restart } = deploy;
  const pinned = placement.constraints !== undefined;
  const body = readBody(service, { ...context, where: unit, scopeOf: (scope) => scopeOf(scope, pinned) });
  if ((placement.max_replicas_per_node === 1) !== ports.length > 0)
    throw formatErrors.notUnderstood(unit, 'max_replicas_per_node goes with published ports');
  return {
    unit,
    published: joinedRanges(ports.map(readPort)),
    service: {
      ...body,
      name: labels['lucid.service'],
      ports: labels['lucid.ports'].split(' ').filter(Boolean).sort(),
      kind: labels['lucid.kind'] === 'job' ? 'job' : 'server',
      status: requireStatus(unit, labels['lucid.status'], inPlannedFile),
      env: fromTemplates(
        withoutInstanceId(body.env, (id) => id === idPerTask(unit) || id === idPerVolume(unit)),
      ),
      replicas: deploy.replicas,
      limits: readShare(deploy.resources.limits),
      reservations: readShare(deploy.resources.reservations),
      update: readUpdate(unit, deploy),
      restart: restart.condition === 'any' ? 'always' : restart.condition,
      restartDelaySeconds: secondsOf(restart.delay),
      restartAttempts: restart.max_attempts,
      placement: pinned ? 'data' : 'spread',
      startsAfter: [],
    },
  };
}

/** A volume of one node, unless what mounts it never leaves that node. */
function scopeOf(scope: VolumeLabels['lucid.scope'], pinned: boolean): string {
  return pinned ? scope : `${scope} on each node`;
}

function readUpdate(unit: string, { update_config: update, rollback_config: rollback }: Deploy) {
  if (!isDeepStrictEqual(rollback, rollbackOf(update)))
    throw formatErrors.notUnderstood(unit, 'is rolled back by other steps than it is updated');
  return {
    parallelism: update.parallelism,
    delaySeconds: secondsOf(update.delay),
    monitorSeconds: secondsOf(update.monitor),
    failureAction: update.failure_action,
    order: update.order,
  };
}

const readPort = ({ target, published, protocol }: SwarmPort): PublishedPort => ({
  host: EVERY_ADDRESS,
  port: published,
  lastPort: published,
  target,
  protocol,
});
