import type { Redis } from 'ioredis';
import { parseClusterNodes } from '../../domain/redis/cluster-nodes.ts';
import type { MissedNode, ReachedNode, RedisObservation } from '../../domain/redis/observation.ts';
import type { ClusterWanted, RedisAddress } from '../../domain/redis/wanted.ts';
import type { Connections } from './connections.ts';

/** Asks every wanted node who it is, whom it knows and how it is. */
export const observe = (connections: Connections, wanted: ClusterWanted): Promise<RedisObservation> =>
  Promise.all(wanted.members.map((address) => look(connections, address)));

async function look(connections: Connections, address: RedisAddress): Promise<ReachedNode | MissedNode> {
  try {
    const redis = await connections.to(address);
    return await ask(redis, address);
  } catch (error) {
    connections.drop(address);
    const { message } = error as Error;
    const unfit = whyUnfit(message);
    return unfit === undefined
      ? { contact: 'away', address, reason: message }
      : { contact: 'unfit', address, reason: unfit };
  }
}

async function ask(redis: Redis, address: RedisAddress): Promise<ReachedNode> {
  const answers = await Promise.all([
    redis.call('CLUSTER', 'NODES'),
    redis.call('CLUSTER', 'INFO'),
    redis.call('INFO', 'replication'),
    redis.call('DBSIZE'),
  ]);
  const [nodeText, clusterText, replicationText, keys] = answers.map(String);
  const nodes = parseClusterNodes(nodeText ?? '');
  const self = nodes.find(({ isMyself }) => isMyself);
  if (self === undefined) throw new Error('CLUSTER NODES has no line for the node itself');
  return {
    contact: 'reached',
    address,
    ip: remoteAddress(redis),
    self,
    others: nodes.filter((node) => node !== self),
    isStateOk: /^cluster_state:ok\s*$/m.test(clusterText ?? ''),
    keys: Number(keys),
    isSynchronised: self.isMaster || /^master_link_status:up\s*$/m.test(replicationText ?? ''),
  };
}

/** Where the name led to. IPv4 in IPv6 clothes is undressed: Redis writes it plainly. */
function remoteAddress({ stream }: Redis): string {
  const address = 'remoteAddress' in stream ? stream.remoteAddress : undefined;
  if (typeof address !== 'string') throw new Error('the connection has no remote address');
  return address.replace(/^::ffff:(?=\d+\.)/, '');
}

/** Refusals that no waiting cures, as ends of sentences. */
function whyUnfit(message: string): string | undefined {
  if (/^(WRONGPASS|NOAUTH|NOPERM)\b/.test(message)) return `refuses the password (${message})`;
  if (/called without any password configured/.test(message))
    return 'has no password set: include the secret configuration';
  if (/cluster support disabled/.test(message)) return 'runs without cluster-enabled yes';
  return undefined;
}
