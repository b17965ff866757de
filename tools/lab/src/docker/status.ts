import { type NodeCondition, nodeCondition, readSwarmState } from '../swarm/state.ts';
import { engineCondition, readEngineState } from './engine-state.ts';
import type { FoundEngine } from './find-engine.ts';
import { dockerHostOf, type Home } from './home.ts';

export interface NodeStatus {
  readonly number: number;
  readonly role: string;
  readonly address: string;
  readonly dockerHost: string;
  readonly pid: number | undefined;
  readonly condition: NodeCondition;
}

export interface HomeStatus {
  readonly dir: string;
  readonly engine: {
    readonly condition: 'up' | 'down' | 'stale';
    readonly dockerHost: string;
    readonly pid: number | undefined;
  };
  readonly swarm: {
    readonly condition: 'up' | 'down' | 'stale';
    readonly nodes: readonly NodeStatus[];
  };
}

/** What is true of a home now: the state files, checked against processes and cables. */
export async function homeStatus(home: Home): Promise<HomeStatus> {
  const engine = await readEngineState(home.engineState);
  const swarm = await readSwarmState(home.swarmState);
  const nodes = await Promise.all(
    (swarm?.nodes ?? []).map(async (node) => {
      const { number, role, address, dockerHost, daemon } = node;
      return { number, role, address, dockerHost, pid: daemon?.pid, condition: await nodeCondition(node) };
    }),
  );
  const isUp = swarm?.phase === 'up' && nodes.some(({ condition }) => condition !== 'killed');
  return {
    dir: home.dir,
    engine: {
      condition: await engineCondition(engine),
      dockerHost: dockerHostOf(home.engineDir),
      pid: engine?.daemon?.pid,
    },
    swarm: { condition: swarm === undefined ? 'down' : isUp ? 'up' : 'stale', nodes },
  };
}

/** A home in lines for people. */
export function describeHome({ dir, engine, swarm }: HomeStatus): string[] {
  const own = `engine ${engine.condition}${engine.condition === 'up' ? ` ${engine.dockerHost} (pid ${engine.pid})` : ''}`;
  return [
    dir,
    `  ${own}`,
    `  swarm ${swarm.condition}`,
    ...swarm.nodes.map(
      (node) => `    node ${node.number} ${node.condition} ${node.role} ${node.address} ${node.dockerHost}`,
    ),
  ];
}

/** The engine that a `lab up` would use. */
export function describeEngine(found: FoundEngine | undefined): string {
  return found === undefined
    ? 'no Docker engine answers'
    : `Docker ${found.version} answers at ${found.dockerHost}`;
}
