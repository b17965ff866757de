import type { CheckContext } from './check.ts';
import type { DrawnStore, StoreVerdict } from './drawn-store.ts';
import { captureInAny, whyOf } from './inside.ts';

interface ClusterHealth {
  readonly status?: string;
  readonly number_of_nodes?: number;
  readonly unassigned_shards?: number;
}

/** Colour and number of nodes. Yellow is what one node alone is with any replica shard; in a cluster it is a loss. */
export async function elasticsearchState(context: CheckContext, drawn: DrawnStore): Promise<StoreVerdict> {
  const { store, members, running } = drawn;
  if (!members[0]?.image.programs.includes('curl'))
    return { verdict: 'unknown', detail: 'its image has no curl' };
  const url = `http://127.0.0.1:${store.port}/_cluster/health`;
  const { instance, captured } = await captureInAny(context, running, ['curl', '-sS', '-m', '5', url]);
  if (captured.exitCode !== 0) return { verdict: 'unknown', detail: `${instance.id}: ${whyOf(captured)}` };
  const {
    status,
    number_of_nodes: nodes,
    unassigned_shards: unassigned,
  } = JSON.parse(captured.stdout) as ClusterHealth;
  if (status === undefined || nodes === undefined)
    return { verdict: 'unknown', detail: `${instance.id} answers something else` };
  const detail = `${status}, ${nodes} of ${members.length} nodes, ${unassigned ?? '?'} shards unassigned`;
  const good = status === 'green' || (status === 'yellow' && members.length === 1);
  return { verdict: good && nodes === members.length ? 'ok' : 'failed', detail };
}
