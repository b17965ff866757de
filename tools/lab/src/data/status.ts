import type { InstancePaths } from '../paths.ts';
import { mountsUnder } from '../system/mounts.ts';
import { listRuns } from './runs.ts';
import { type Condition, conditionOf, readState } from './state.ts';

export interface Status {
  readonly dir: string;
  readonly condition: Condition;
  readonly address: string | undefined;
  readonly pids: { readonly postgres: number | undefined; readonly ferretdb: number | undefined };
}

export interface LabStatus {
  readonly instance: Status;
  readonly runs: readonly Status[];
  /** Mount points below the cache folder; always empty, for mounts live in private namespaces. */
  readonly mounts: readonly string[];
}

async function statusOf(paths: InstancePaths): Promise<Status> {
  const state = await readState(paths.state);
  return {
    dir: paths.dir,
    condition: await conditionOf(state),
    address: state?.port === undefined ? undefined : `${state.host}:${state.port}`,
    pids: { postgres: state?.postgres?.pid, ferretdb: state?.ferretdb?.pid },
  };
}

/** What runs, without any password. */
export async function labStatus(cache: string, paths: InstancePaths): Promise<LabStatus> {
  return {
    instance: await statusOf(paths),
    runs: await Promise.all((await listRuns(cache)).map(statusOf)),
    mounts: await mountsUnder(cache),
  };
}

/** One line per instance for people. */
export function describe(status: Status): string {
  if (status.condition === 'down') return `down  ${status.dir}`;
  const { postgres, ferretdb } = status.pids;
  const pids = `postgres ${postgres ?? '-'}, ferretdb ${ferretdb ?? '-'}`;
  return `${status.condition}  ${status.address ?? '-'}  (${pids})  ${status.dir}`;
}
