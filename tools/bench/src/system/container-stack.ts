import { join } from 'node:path';
import { ComposeEngine, type Engine, SwarmEngine } from '@lucid/deploy';
import { freePort, WORKSPACE_ROOT } from '@lucid/testing';
import type { Bench } from '../benchmark.ts';
import { secondsSince } from '../measure/timed.ts';
import { memoryOfContainers } from './docker.ts';
import type { StackCase } from './stack-cases.ts';
import { swarmHost } from './swarm-here.ts';

const READY_WITHIN_MS = 900_000;
const STACK = 'lucid-bench';

/** Lucid in containers, under a name and on addresses of its own. */
export interface ContainerStack {
  readonly engine: Engine;
  readonly url: string;
  /** From asking for it until all of it is ready; images were there. */
  readonly startSeconds: number;
  readonly instances: number;
  /** Of all its containers on all nodes; undefined where a node could not be asked. */
  memoryBytes(): Promise<number | undefined>;
  /** Takes it down, with its data. */
  stop(): Promise<void>;
}

/** Nothing of it stays when that fails. @param env `service:NAME=value` beside the profile's */
export async function startContainers(
  bench: Bench,
  { engine: name, profile, set }: StackCase,
  env: readonly string[] = [],
): Promise<ContainerStack> {
  const { host, nodes } = name === 'swarm' ? await swarmHost() : { nodes: [] };
  const options = {
    root: WORKSPACE_ROOT,
    home: bench.folder(`home-${name}`),
    systemModule: join(import.meta.dirname, 'bench-model.ts'),
    build: false,
    deadlineMs: READY_WITHIN_MS,
    dockerHost: host,
  };
  const engine = name === 'swarm' ? new SwarmEngine(options) : new ComposeEngine(options);
  const stop = bench.belongings.add(async () => void (await engine.down({ volumes: true })));
  try {
    const startedMs = performance.now();
    const publish = `127.0.0.1:${await freePort()}`;
    await engine.up({ profile, set, env, publish }, (event) => {
      if (event.type === 'instance') bench.say(`${event.id} is ${event.state}`);
    });
    const startSeconds = secondsSince(startedMs);
    const status = await engine.status();
    if (!status?.publicUrl) throw new Error(`${name} says nothing of what it has started`);
    return {
      engine,
      url: status.publicUrl,
      startSeconds,
      instances: status.instances.length,
      memoryBytes: () => (name === 'swarm' ? onNodes(nodes) : ofStatus(engine)),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** As `status` tells it. */
async function ofStatus(engine: Engine): Promise<number | undefined> {
  return sum((await engine.status())?.instances.map(({ rssBytes }) => rssBytes) ?? []);
}

/** A Swarm's manager cannot be asked for the memory of other nodes: every node is asked. */
async function onNodes(nodes: readonly string[]): Promise<number | undefined> {
  const label = `com.docker.stack.namespace=${STACK}`;
  return sum(await Promise.all(nodes.map((host) => memoryOfContainers(label, host))));
}

/** One that is unknown makes the sum unknown, and so does having nobody to ask. */
function sum(bytes: readonly (number | undefined)[]): number | undefined {
  if (bytes.length === 0 || !bytes.every((each) => each !== undefined)) return undefined;
  return bytes.reduce((total, each) => total + each, 0);
}
