/** What is running, written after every change, so that the next command can clean up after a supervisor that was killed. */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressPlan } from './address-plan.ts';
import type { Home } from './home.ts';
import type { ProcessIdentity } from './process-identity.ts';

export interface EngineState {
  readonly version: 1;
  readonly supervisor: ProcessIdentity;
  readonly profile: string;
  readonly startedAt: string;
  readonly plan: AddressPlan;
  readonly instances: readonly (ProcessIdentity & { readonly id: string })[];
}

/** Not fsynced: it describes processes, which do not outlive the machine either. */
export function writeState(home: Home, state: EngineState): void {
  const temporary = `${home.stateFile}.tmp`;
  writeFileSync(temporary, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
  renameSync(temporary, home.stateFile);
}

/** Undefined when there is none or it cannot be read as one: then `/proc` is the only witness. */
export function readState(home: Home): EngineState | undefined {
  try {
    const state: unknown = JSON.parse(readFileSync(home.stateFile, 'utf8'));
    return isState(state) ? state : undefined;
  } catch {
    return undefined;
  }
}

export function removeState(home: Home): void {
  rmSync(home.stateFile, { force: true });
}

function isState(value: unknown): value is EngineState {
  if (typeof value !== 'object' || value === null) return false;
  return 'version' in value && value.version === 1 && 'instances' in value && Array.isArray(value.instances);
}
