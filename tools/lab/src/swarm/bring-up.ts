import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Progress } from '../cli/progress.ts';
import { homeCgroup } from '../docker/cgroups.ts';
import { startDaemon, untilAnswers } from '../docker/daemon.ts';
import { type Daemon, NODE_RANGES } from '../docker/daemon-config.ts';
import { dockerHostOf, type Home } from '../docker/home.ts';
import { removeUnlessTidy, tidyMark } from '../docker/tidy.ts';
import { hostAddress, type NodePlan, planNodes } from './addresses.ts';
import { formSwarm } from './form.ts';
import { startNameServer } from './name-server.ts';
import { createBridge, createNodeNetwork } from './network.ts';
import { type NodeRecord, type SwarmState, withDaemon, writeSwarmState } from './state.ts';
import { takeDown } from './take-down.ts';

export interface BringUp {
  readonly home: Home;
  readonly nodes: number;
  readonly managers: number;
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  readonly progress: Progress;
}

/** What is given to dockerd for one node. */
export function daemonOf(home: Home, index: number, node: NodeRecord): Daemon {
  const cgroup = `${homeCgroup(home.key)}/node-${node.number}`;
  const { dir, hostName, netns } = node;
  return { dir, hostName, cgroup, ranges: NODE_RANGES, netns, dns: hostAddress(index) };
}

function recordOf(home: Home, plan: NodePlan): NodeRecord {
  const dir = join(home.swarmDir, String(plan.number));
  return { ...plan, dir, dockerHost: dockerHostOf(dir) };
}

/** Starts the engines of all nodes side by side. */
async function startEngines(input: BringUp, state: SwarmState): Promise<SwarmState> {
  const { home, env, signal } = input;
  let current = state;
  const started = [];
  for (const node of state.nodes) {
    await removeUnlessTidy(node.dir);
    await rm(tidyMark(node.dir), { force: true });
    await createNodeNetwork(node, state.index);
    const service = await startDaemon(daemonOf(home, state.index, node), env);
    current = withDaemon(current, node.number, service);
    await writeSwarmState(home.swarmState, current);
    started.push({ node, service });
  }
  for (const { node, service } of started)
    await untilAnswers(daemonOf(home, state.index, node), service, signal);
  return current;
}

/**
 * Brings a Swarm up in a home that the caller has locked, after cleaning up whatever was there.
 * All or nothing: when anything fails, everything is taken down before the error goes on.
 */
export async function bringUp(input: BringUp): Promise<SwarmState> {
  const { home, signal, progress } = input;
  planNodes(0, input.nodes, input.managers); // wrong numbers are told before anything happens
  dockerHostOf(join(home.swarmDir, '1'));
  let state: SwarmState | undefined;
  const steps = [
    {
      title: 'Network of the Swarm',
      async run(note: (line: string) => void) {
        await takeDown(home);
        await mkdir(home.swarmDir, { recursive: true, mode: 0o700 });
        const index = await createBridge(home.key, home.dir);
        const nodes = planNodes(index, input.nodes, input.managers).map((plan) => recordOf(home, plan));
        state = { version: 1, phase: 'starting', index, nodes };
        await writeSwarmState(home.swarmState, state);
        await startNameServer(join(home.swarmDir, 'dns'), hostAddress(index), input.env, signal);
        note(nodes.map(({ hostName, address, role }) => `${hostName} ${address} ${role}`).join(', '));
      },
    },
    {
      title: `${input.nodes} Docker engines`,
      async run() {
        if (state !== undefined) state = await startEngines(input, state);
      },
    },
    {
      title: 'Swarm',
      async run() {
        if (state === undefined) return;
        await formSwarm(state.nodes, signal);
        state = { ...state, phase: 'up' };
        await writeSwarmState(home.swarmState, state);
      },
    },
  ];
  try {
    await progress(steps);
  } catch (error) {
    await takeDown(home);
    throw error;
  }
  if (state === undefined) throw new TypeError('the progress did not run its steps');
  return state;
}
