/** Where a node is reached, by the name that stays when its address changes. */
export interface RedisAddress {
  readonly host: string;
  readonly port: number;
}

export interface ClusterWanted {
  readonly members: readonly RedisAddress[];
  readonly replicasPerMaster: number;
}

/** A cluster decides by majority of its masters; with fewer than three it cannot lose one. */
export const MIN_MASTERS = 3;

/** Reads `host:port`; the port may be left out (6379). It is NaN when it is not a port. */
export function redisAddress(text: string): RedisAddress {
  const [host = '', port = '6379', rest] = text.split(':');
  const number = /^\d{1,5}$/.test(port) && rest === undefined ? Number(port) : Number.NaN;
  return { host, port: number };
}

export const addressText = ({ host, port }: RedisAddress): string => `${host}:${port}`;

export const masterCount = ({ members, replicasPerMaster }: ClusterWanted): number =>
  members.length / (1 + replicasPerMaster);

/** What is wrong with the wish itself, as ends of sentences; empty when nothing is. */
export function clusterProblems(wanted: ClusterWanted): string[] {
  const { members, replicasPerMaster } = wanted;
  const masters = masterCount(wanted);
  return [
    members.every(({ host, port }) => /^[\w.-]+$/.test(host) && port >= 1 && port <= 65_535)
      ? []
      : ['must be host:port'],
    new Set(members.map(addressText)).size === members.length ? [] : ['names a node twice'],
    Number.isInteger(masters)
      ? []
      : [
          `has ${members.length} nodes, which cannot be shared out with ${replicasPerMaster} replicas per master`,
        ],
    masters >= MIN_MASTERS ? [] : [`makes fewer than ${MIN_MASTERS} masters`],
  ].flat();
}
