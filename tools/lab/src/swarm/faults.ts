import { killDaemon, startDaemon, untilAnswers } from '../docker/daemon.ts';
import type { Home } from '../docker/home.ts';
import { LabError } from '../errors.ts';
import { acquireLock, type Lock } from '../system/lock.ts';
import type { NodePlan } from './addresses.ts';
import { daemonOf } from './bring-up.ts';
import { untilJoined, untilNode } from './form.ts';
import { ip, links } from './links.ts';
import { createNodeNetwork, removeNodeNetwork } from './network.ts';
import {
  nodeCondition,
  nodeOf,
  readSwarmState,
  type SwarmState,
  withDaemon,
  writeSwarmState,
} from './state.ts';

async function lockNodes(home: Home): Promise<Lock> {
  return acquireLock(home.swarmLock, { timeoutMs: 120_000 });
}

/** The state of a Swarm that is up. @throws LabError NOT_UP */
export async function stateOf(home: Home): Promise<SwarmState> {
  const state = await readSwarmState(home.swarmState);
  if (state?.phase === 'up') return state;
  throw new LabError('NOT_UP', `no Swarm is up in ${home.dir} (lab up --swarm)`);
}

async function plug(node: Pick<NodePlan, 'veth'>, how: 'up' | 'down'): Promise<void> {
  if ((await links()).some(({ ifname }) => ifname === node.veth)) await ip('link', 'set', node.veth, how);
}

/**
 * The node loses power: first its cable is dead, so that no connection is closed politely, then all its
 * processes and its network are gone. Its disk stays.
 */
export async function killNode(home: Home, number: number): Promise<void> {
  await using _lock = await lockNodes(home);
  const node = nodeOf(await stateOf(home), number);
  await plug(node, 'down');
  await killDaemon(node.dir);
  await removeNodeNetwork(node);
}

/** A killed node comes back with its disk; returns once a manager calls it ready. Does nothing when it runs. */
export async function startNode(
  home: Home,
  number: number,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<void> {
  await using _lock = await lockNodes(home);
  const state = await stateOf(home);
  const node = nodeOf(state, number);
  if ((await nodeCondition(node)) !== 'killed') return;
  await killDaemon(node.dir); // of a node whose dockerd died by itself something may be left
  await removeNodeNetwork(node);
  await createNodeNetwork(node, state.index);
  const daemon = daemonOf(home, state.index, node);
  const service = await startDaemon(daemon, env);
  await writeSwarmState(home.swarmState, withDaemon(state, number, service));
  await untilAnswers(daemon, service, signal);
  await untilJoined(node, 120_000);
  await untilNode(await managerHost(state), node.hostName, 'ready', 120_000);
}

/** The engine of a manager to ask: one that is connected, else one that at least runs. @throws LabError NOT_UP */
export async function managerHost(state: SwarmState): Promise<string> {
  const managers = state.nodes.filter(({ role }) => role === 'manager');
  const conditions = await Promise.all(managers.map(nodeCondition));
  const chosen = managers[conditions.indexOf('up')] ?? managers[conditions.indexOf('cut')];
  if (chosen !== undefined) return chosen.dockerHost;
  throw new LabError('NOT_UP', 'no manager of the Swarm runs');
}

/** The node's cable is pulled: it runs on and reaches nobody. Its engine still answers at its socket. */
export async function cutNode(home: Home, number: number): Promise<void> {
  await using _lock = await lockNodes(home);
  await plug(nodeOf(await stateOf(home), number), 'down');
}

/** The cable is plugged in again. */
export async function healNode(home: Home, number: number): Promise<void> {
  await using _lock = await lockNodes(home);
  await plug(nodeOf(await stateOf(home), number), 'up');
}
