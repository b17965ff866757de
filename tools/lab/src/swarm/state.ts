import { readFile, rename, writeFile } from 'node:fs/promises';
import { LabError } from '../errors.ts';
import { isAlive, type ProcessIdentity } from '../system/process-identity.ts';
import type { NodePlan } from './addresses.ts';
import { isLinkUp } from './links.ts';

/** A node as written down: its plan, where its files are, and the process its engine started as. */
export interface NodeRecord extends NodePlan {
  readonly dir: string;
  readonly dockerHost: string;
  readonly daemon?: ProcessIdentity;
}

/**
 * What a Swarm of the lab is made of. Holds no secret and no condition: that is asked of the machine.
 *
 *   (no file) ──up──▶ starting ──all nodes ready──▶ up ──down──▶ (no file)
 */
export interface SwarmState {
  readonly version: 1;
  readonly phase: 'starting' | 'up';
  readonly index: number;
  readonly nodes: readonly NodeRecord[];
}

/** Reads a state file's text; `undefined` for anything that is not one. */
export function parseSwarmState(text: string): SwarmState | undefined {
  try {
    const value = JSON.parse(text) as Partial<SwarmState> | null;
    const isOne = value?.version === 1 && Number.isInteger(value.index) && Array.isArray(value.nodes);
    return isOne ? (value as SwarmState) : undefined;
  } catch {
    return undefined; // torn, or of something else
  }
}

export async function readSwarmState(path: string): Promise<SwarmState | undefined> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  return parseSwarmState(text);
}

/** Replaces the state file as a whole. */
export async function writeSwarmState(path: string, state: SwarmState): Promise<void> {
  await writeFile(`${path}.part`, JSON.stringify(state, null, 2), { mode: 0o600 });
  await rename(`${path}.part`, path);
}

/** The node of that number. @throws LabError USAGE when there is none */
export function nodeOf(state: SwarmState, number: number): NodeRecord {
  const node = state.nodes.find((one) => one.number === number);
  if (node !== undefined) return node;
  throw new LabError('USAGE', `there is no node ${number}, only 1 to ${state.nodes.length}`);
}

/** The state with one node's engine replaced. */
export function withDaemon(state: SwarmState, number: number, daemon: ProcessIdentity): SwarmState {
  const nodes = state.nodes.map((node) => (node.number === number ? { ...node, daemon } : node));
  return { ...state, nodes };
}

/** `killed`: its engine does not run; `cut`: it runs and its cable is unplugged. */
export type NodeCondition = 'up' | 'cut' | 'killed';

/** What is true now, whatever the file says. */
export async function nodeCondition(node: NodeRecord): Promise<NodeCondition> {
  if (node.daemon === undefined || !(await isAlive(node.daemon))) return 'killed';
  return (await isLinkUp(node.veth)) === true ? 'up' : 'cut';
}
