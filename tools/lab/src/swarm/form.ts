import { docker } from '../docker/client.ts';
import { LabError } from '../errors.ts';
import { waitFor } from '../system/wait-for.ts';
import { OVERLAY_POOL } from './addresses.ts';
import type { NodeRecord } from './state.ts';

/** The node where singletons with volumes are pinned has this label. */
export const DATA_LABEL = 'lucid.data=true';

/** Makes node 1 a manager and lets the others join, one after the other. Then labels them. */
export async function formSwarm(nodes: readonly NodeRecord[], signal: AbortSignal): Promise<void> {
  const [first, ...others] = nodes;
  if (first === undefined) throw new LabError('USAGE', 'a Swarm needs a node');
  const pool = ['--default-addr-pool', OVERLAY_POOL, '--default-addr-pool-mask-length', '24'];
  const own = (node: NodeRecord) => [
    '--advertise-addr',
    node.address,
    '--listen-addr',
    `${node.address}:2377`,
  ];
  await docker(first.dockerHost, ['swarm', 'init', ...own(first), ...pool], { signal });
  for (const node of others) {
    const token = await docker(first.dockerHost, ['swarm', 'join-token', '--quiet', node.role], { signal });
    const join = ['swarm', 'join', ...own(node), '--token', token, `${first.address}:2377`];
    await docker(node.dockerHost, join, { signal });
  }
  for (const { hostName } of nodes) await untilNode(first.dockerHost, hostName, 'ready', 120_000);
  await docker(first.dockerHost, ['node', 'update', '--label-add', DATA_LABEL, first.hostName], { signal });
}

/** What a manager says of a node: `ready`, `down`, `unknown` or `disconnected`. */
export async function nodeStatus(managerHost: string, hostName: string): Promise<string> {
  const format = ['--format', '{{.Status.State}}'];
  return (await docker(managerHost, ['node', 'inspect', ...format, hostName])).trim();
}

/** Waits until a manager says so of a node. @throws LabError START_FAILED after `timeoutMs` */
export async function untilNode(
  managerHost: string,
  hostName: string,
  wanted: 'ready' | 'down',
  timeoutMs: number,
): Promise<void> {
  let seen = '';
  const reached = await waitFor(
    async () => {
      seen = await nodeStatus(managerHost, hostName).catch((error: unknown) => {
        if (error instanceof LabError) return `not known (${error.detail ?? error.message})`; // no leader yet
        throw error;
      });
      return seen === wanted;
    },
    timeoutMs,
    200,
  );
  if (!reached) throw new LabError('START_FAILED', `${hostName} is ${seen}, not ${wanted}`);
}

/** Waits until the node itself has a session with a manager. @throws LabError START_FAILED after `timeoutMs` */
export async function untilJoined(node: NodeRecord, timeoutMs: number): Promise<void> {
  const args = ['info', '--format', '{{.Swarm.LocalNodeState}}'];
  const joined = async () => (await docker(node.dockerHost, args)).trim() === 'active';
  if (!(await waitFor(joined, timeoutMs, 200)))
    throw new LabError('START_FAILED', `${node.hostName} did not find its Swarm again`);
}
