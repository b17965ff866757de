/** What was asked of a container engine, kept so that later commands compose the same system again. */
import { readFileSync, rmSync } from 'node:fs';
import { deployErrors } from '../../errors.ts';
import type { UpOptions } from '../engine.ts';
import { writeFileAtomically } from '../process/write-file.ts';
import type { ContainerHome } from './container-home.ts';
import type { DeployedImages } from './deployed-images.ts';

export interface Deployment {
  readonly version: 1;
  readonly profile: string;
  readonly set: readonly string[];
  /** Replica counts asked for, at the start and since. */
  readonly scale: Readonly<Record<string, number>>;
  readonly env: readonly string[];
  readonly publish: string | undefined;
  /** Undefined in what an older version wrote: then the environment says it, as it did there. */
  readonly images?: DeployedImages;
  readonly startedAt: string;
}

/** What is asked for now, over what was asked for before: whatever is not named stays as it is. */
export function deploymentOf(
  options: UpOptions,
  before: Deployment | undefined,
  now: Date,
): Omit<Deployment, 'images'> {
  return {
    version: 1,
    profile: options.profile,
    set: options.set ?? before?.set ?? [],
    scale: { ...before?.scale, ...options.scale },
    env: options.env ?? before?.env ?? [],
    publish: options.publish ?? before?.publish,
    startedAt: before?.startedAt ?? now.toISOString(),
  };
}

export function writeDeployment(home: ContainerHome, deployment: Deployment): void {
  writeFileAtomically(home.stateFile, `${JSON.stringify(deployment, null, 2)}\n`);
}

/**
 * Undefined when nothing was deployed from this home.
 * @throws `home-unusable` when something was, and it cannot be told what: that is not nothing
 */
export function readDeployment(home: ContainerHome): Deployment | undefined {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(home.stateFile, 'utf8'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw deployErrors.homeUnusable(home.stateFile, error instanceof Error ? error.message : String(error));
  }
  if (isDeployment(value)) return value;
  throw deployErrors.homeUnusable(home.stateFile, 'it was written by another version');
}

export function forgetDeployment(home: ContainerHome): void {
  rmSync(home.stateFile, { force: true });
}

/** What `up` was asked for, as far as it decides the system. */
export function optionsOf({ profile, set, scale, env, publish }: Deployment): UpOptions {
  return { profile, set, scale, env, ...(publish === undefined ? {} : { publish }) };
}

/** With everything that was asked for besides the profile forgotten: enough to know what it is called. */
export function withoutChoices(deployment: Deployment): Deployment {
  return { ...deployment, set: [], scale: {}, env: [], publish: undefined };
}

function isDeployment(value: unknown): value is Deployment {
  if (typeof value !== 'object' || value === null) return false;
  return (
    'version' in value && value.version === 1 && 'profile' in value && 'set' in value && 'scale' in value
  );
}
