import { resolve } from 'node:path';
import type { Progress } from '../cli/progress.ts';
import { type Home, homeAt } from '../docker/home.ts';
import { acquireLock, type Lock } from '../system/lock.ts';
import { bringUp } from './bring-up.ts';
import { cutNode, healNode, killNode, managerHost, startNode, stateOf } from './faults.ts';
import { nodeStatus, untilNode } from './form.ts';
import { type Loaded, type LoadImages, loadImages } from './load-images.ts';
import { type NodeCondition, type NodeRecord, nodeCondition, nodeOf, type SwarmState } from './state.ts';
import { takeDown } from './take-down.ts';

/** One machine of the Swarm, as tests see it. */
export type SwarmNode = Pick<
  NodeRecord,
  'number' | 'role' | 'hostName' | 'address' | 'dockerHost' | 'netns' | 'veth' | 'dir'
>;

export interface StartSwarm {
  /** Folder of everything this Swarm writes. Images in it survive `stop({ keep: 'images' })`. */
  readonly stateDir: string;
  /** Default 3. */
  readonly nodes?: number;
  /** Default 1: then any number of workers may fail. With 3, any one node may. */
  readonly managers?: number;
  readonly signal?: AbortSignal;
  /** What the engines get PATH and proxies from; default this process's environment. */
  readonly env?: NodeJS.ProcessEnv;
  readonly progress?: Progress;
}

const silent: Progress = async (steps) => {
  for (const step of steps) await step.run(() => undefined);
};

const never = new AbortController().signal;

/** A Swarm that is up. All addresses are for clients on this machine. */
export class Swarm implements AsyncDisposable {
  readonly stateDir: string;
  /** In order of their numbers, from 1. */
  readonly nodes: readonly SwarmNode[];
  /** Node 1's engine, a manager. */
  readonly dockerHost: string;
  readonly #home: Home;
  readonly #lock: Lock | undefined;

  constructor(home: Home, state: SwarmState, lock?: Lock) {
    this.stateDir = home.dir;
    this.nodes = state.nodes;
    this.dockerHost = nodeOf(state, 1).dockerHost;
    this.#home = home;
    this.#lock = lock;
  }

  /** The node loses power. @throws LabError USAGE when there is no such node, as all methods with a number */
  async killNode(number: number): Promise<void> {
    await killNode(this.#home, number);
  }

  /** A killed node comes back with its disk; waits until a manager calls it ready. */
  async startNode(number: number, env: NodeJS.ProcessEnv = process.env): Promise<void> {
    await startNode(this.#home, number, env, never);
  }

  /** The node's cable is pulled; its containers run on. */
  async cutNode(number: number): Promise<void> {
    await cutNode(this.#home, number);
  }

  async healNode(number: number): Promise<void> {
    await healNode(this.#home, number);
  }

  /** What is true of the machine now: `up`, `cut` or `killed`. */
  async condition(number: number): Promise<NodeCondition> {
    return nodeCondition(nodeOf(await stateOf(this.#home), number));
  }

  /** What the managers believe: `ready`, `down`, `unknown` or `disconnected`. */
  async status(number: number): Promise<string> {
    const state = await stateOf(this.#home);
    return nodeStatus(await managerHost(state), nodeOf(state, number).hostName);
  }

  /** Waits until the managers believe it. @throws LabError START_FAILED after `timeoutMs` */
  async untilStatus(number: number, wanted: 'ready' | 'down', timeoutMs = 120_000): Promise<void> {
    const state = await stateOf(this.#home);
    await untilNode(await managerHost(state), nodeOf(state, number).hostName, wanted, timeoutMs);
  }

  /** Gives every node the images of another engine that it does not have yet. */
  async loadImages(
    images: readonly string[],
    from: string,
    options: Pick<LoadImages, 'note' | 'signal'> = {},
  ): Promise<Loaded[]> {
    return loadImages(await stateOf(this.#home), { images, from, ...options });
  }

  /** Leaves nothing running. @param keep `images` makes the next start in this folder a warm one */
  async stop({ keep = 'nothing' }: { readonly keep?: 'images' | 'nothing' } = {}): Promise<void> {
    await takeDown(this.#home, keep);
    await this.#lock?.[Symbol.asyncDispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

/**
 * Starts a Swarm that belongs to this process: when the process dies without `stop`, the next `lab down`
 * cleans up. @throws LabError START_FAILED, USAGE, ABORTED; BUSY when another process uses the folder
 */
export async function startSwarm(options: StartSwarm): Promise<Swarm> {
  const { nodes = 3, managers = 1, signal = never, env = process.env, progress = silent } = options;
  const home = homeAt(resolve(options.stateDir));
  const lock = await acquireLock(home.lock, { timeoutMs: 10_000, signal });
  try {
    const state = await bringUp({ home, nodes, managers, env, signal, progress });
    return new Swarm(home, state, lock);
  } catch (error) {
    await lock[Symbol.asyncDispose]();
    throw error;
  }
}

/** A Swarm that `lab up --swarm` has brought up. @param stateDir LUCID_SWARM_STATE @throws LabError NOT_UP */
export async function openSwarm(stateDir: string): Promise<Swarm> {
  const home = homeAt(resolve(stateDir));
  return new Swarm(home, await stateOf(home));
}
