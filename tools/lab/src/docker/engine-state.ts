import { readFile, rename, writeFile } from 'node:fs/promises';
import { isAlive, type ProcessIdentity } from '../system/process-identity.ts';
import type { NetworkBefore } from './network-traces.ts';

/**
 * The lab's own single engine.
 *
 *   (no file) ──up──▶ network looked at ──▶ dockerd started ──down──▶ (no file)
 */
export interface EngineState {
  readonly version: 1;
  readonly before: NetworkBefore;
  readonly daemon?: ProcessIdentity;
}

/** Reads a state file's text; `undefined` for anything that is not one. */
export function parseEngineState(text: string): EngineState | undefined {
  try {
    const value = JSON.parse(text) as Partial<EngineState> | null;
    const isOne = value?.version === 1 && typeof value.before?.place === 'string';
    return isOne ? (value as EngineState) : undefined;
  } catch {
    return undefined; // torn, or of something else
  }
}

export async function readEngineState(path: string): Promise<EngineState | undefined> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  return parseEngineState(text);
}

/** Replaces the state file as a whole. */
export async function writeEngineState(path: string, state: EngineState): Promise<void> {
  await writeFile(`${path}.part`, JSON.stringify(state, null, 2), { mode: 0o600 });
  await rename(`${path}.part`, path);
}

export async function engineCondition(state: EngineState | undefined): Promise<'up' | 'down' | 'stale'> {
  if (state === undefined) return 'down';
  return state.daemon !== undefined && (await isAlive(state.daemon)) ? 'up' : 'stale';
}
