import { act, type Decision, done } from '../decision.ts';
import type { RedisAction } from './action.ts';
import { nameOf, type ReachedNode } from './observation.ts';
import { matchHosts } from './spread.ts';

/** Gives every master a replica, on another host where there is one. Free nodes first, then a master's second replica. */
export function nextReplica(nodes: readonly ReachedNode[]): Decision<RedisAction> {
  const masters = nodes.filter(({ self }) => self.slots.length > 0);
  const replicasOf = (master: ReachedNode): ReachedNode[] =>
    nodes.filter(({ self }) => self.masterId === master.self.id);
  const bare = masters.filter((master) => replicasOf(master).length === 0);
  if (bare.length === 0) return done;
  const free = nodes.filter(({ self }) => self.isMaster && self.slots.length === 0);
  const spare = free.length > 0 ? free : masters.flatMap((master) => replicasOf(master).slice(1));
  const [pair] = matchHosts(bare, spare);
  if (pair === undefined) return done;
  const { master, replica } = pair;
  return act({
    kind: 'replicate',
    at: replica.address,
    masterId: master.self.id,
    master: nameOf(master),
    isSameHost: master.address.host === replica.address.host,
  });
}
