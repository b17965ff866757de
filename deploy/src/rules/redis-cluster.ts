import type { Store } from '../model/store.ts';
import type { Service, System } from '../model/types.ts';
import { foreignProgram } from './facts/image-name.ts';
import { membersOf, settingsText, unprepared } from './facts/members.ts';
import type { Rule } from './rule.ts';

/** Fewer masters cannot agree on which of them has failed. */
const FEWEST_MASTERS = 3;

export const redisCluster: Rule = {
  name: 'redis-cluster',
  because:
    'a Redis cluster is three masters or more, joined by a job, and each with one and the same password',
  check: (system) => [
    ...system.stores.filter(({ scheme }) => scheme === 'redis').flatMap((store) => problems(system, store)),
    ...system.services.filter((service) => foreignProgram(service) === 'redis').flatMap(replicaByHand),
  ],
};

function problems(system: System, store: Store): string[] {
  const members = membersOf(system, store);
  const clustered = members.filter((member) => /\bcluster-enabled\s+yes\b/.test(settingsText(member)));
  const wants = store.options.cluster === 'true';
  if (!wants && clustered.length === 0 && members.length < 2) return [];
  const masters = members.length / (1 + replicasPerMaster(system, store));
  return [
    ...(wants ? [] : [`${store.name} is a cluster, but its users are not told (cluster=true)`]),
    ...members
      .filter((member) => !clustered.includes(member))
      .map(({ name }) => `${name} is a node of ${store.name}, but is not started as one (cluster-enabled)`),
    ...(Number.isInteger(masters) && masters >= FEWEST_MASTERS
      ? []
      : [
          `${store.name} has ${members.length} nodes, which make ${masters} masters: ${FEWEST_MASTERS} are the least`,
        ]),
    ...members.flatMap(halfPassword),
    ...unprepared(system, store, 'a cluster'),
  ];
}

function replicasPerMaster(system: System, { initialisedBy }: Store): number {
  const jobs = system.services.filter(({ name }) => initialisedBy.includes(name));
  return Number(jobs.map(({ env }) => env.REDIS_REPLICAS_PER_MASTER).find((text) => text !== undefined) ?? 0);
}

/** Any node may become a replica, and then it has to log in at its master. */
function halfPassword(member: Service): string[] {
  const text = settingsText(member);
  const half = /\brequirepass\b/.test(text) && !/\bmasterauth\b/.test(text);
  return half ? [`${member.name} has requirepass without masterauth: as a replica it could not log in`] : [];
}

function replicaByHand(service: Service): string[] {
  const text = settingsText(service);
  const both = /\breplicaof\b/.test(text) && /\bcluster-enabled\s+yes\b/.test(text);
  return both
    ? [`${service.name} has replicaof in a cluster, which Redis refuses: the cluster makes replicas`]
    : [];
}
