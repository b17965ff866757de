import { Cluster } from 'ioredis';
import type { RedisClient } from './create-client.ts';
import { Unanswered } from './reason-of.ts';

const SLOTS = 16_384;

/** Resolves when every key can be worked on: the server answers, or the master of each slot does. */
export async function probe(client: RedisClient): Promise<void> {
  if (client instanceof Cluster) await probeCluster(client);
  else await client.ping();
}

async function probeCluster(cluster: Cluster): Promise<void> {
  if (cluster.status !== 'ready') throw new Unanswered('no node of the cluster has answered');
  const owners = new Set<string | undefined>();
  for (let slot = 0; slot < SLOTS; slot++) owners.add(cluster.slots[slot]?.[0]);
  if (owners.has(undefined)) throw new Unanswered('the cluster has slots without a master');
  const masters = new Map(
    cluster.nodes('master').map((node) => [`${node.options.host}:${node.options.port}`, node]),
  );
  const answers = [...owners].map(async (owner) => {
    const master = masters.get(owner ?? '');
    if (!master) throw new Unanswered('a master of the cluster is gone');
    const info = await master.cluster('INFO'); // a master that came back refuses keys for two seconds more
    if (!String(info).includes('cluster_state:ok')) throw new Unanswered('a master says the cluster is down');
  });
  await Promise.all(answers);
}
