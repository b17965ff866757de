import { readFile, rename, writeFile } from 'node:fs/promises';
import { isAlive, type ProcessIdentity } from '../system/process-identity.ts';

/**
 * What runs (or ran) in an instance. Written after each start of a process, so that a lab run that is
 * killed half-way leaves a list of what to stop. Holds no secret.
 *
 *   (no file) ──start──▶ starting ──ready──▶ up ──down──▶ (no file)
 *                            │                │
 *                            ╰── a process died, or the machine was restarted: "stale" = down, then start
 */
export interface InstanceState {
  readonly version: 1;
  readonly phase: 'starting' | 'up';
  readonly rootDir: string;
  readonly postgres?: ProcessIdentity & { readonly mountNamespace: string };
  readonly ferretdb?: ProcessIdentity & { readonly mountNamespace: string };
  readonly host: string;
  readonly port?: number;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

function isIdentity(value: unknown): boolean {
  return (
    isRecord(value) &&
    Number.isSafeInteger(value.pid) &&
    Number.isSafeInteger(value.startTicks) &&
    typeof value.bootId === 'string' &&
    typeof value.mountNamespace === 'string'
  );
}

/** Reads a state file's text; `undefined` for anything that is not one (an older lab's, a torn file). */
export function parseState(text: string): InstanceState | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isRecord(value) || value.version !== 1) return undefined;
  if (value.phase !== 'starting' && value.phase !== 'up') return undefined;
  if (typeof value.rootDir !== 'string' || typeof value.host !== 'string') return undefined;
  for (const name of ['postgres', 'ferretdb'])
    if (name in value && !isIdentity(value[name])) return undefined;
  return value as unknown as InstanceState;
}

export async function readState(path: string): Promise<InstanceState | undefined> {
  try {
    return parseState(await readFile(path, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Replaces the state file as a whole. */
export async function writeState(path: string, state: InstanceState): Promise<void> {
  await writeFile(`${path}.part`, JSON.stringify(state, null, 2), { mode: 0o600 });
  await rename(`${path}.part`, path);
}

export type Condition = 'down' | 'up' | 'stale';

/** What is true now, whatever the file says: `stale` when it names processes that are not all alive. */
export async function conditionOf(state: InstanceState | undefined): Promise<Condition> {
  if (state === undefined) return 'down';
  const { phase, postgres, ferretdb } = state;
  if (phase !== 'up' || postgres === undefined || ferretdb === undefined) return 'stale';
  return (await isAlive(postgres)) && (await isAlive(ferretdb)) ? 'up' : 'stale';
}
