/** What an earlier `up` applied and this one has no more: server-side apply takes nothing away by itself. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import type { System } from '../../model/types.ts';
import { PART_OF_LABEL, PLANNED } from '../../render/kubernetes/names.ts';
import { APPLIED_BY, type Kubectl } from './kubectl.ts';

/**
 * Claims and Secrets hold what cannot be made again. ConfigMaps stay until `down`: their names end in a hash, and the
 * revisions that a rollout can go back to mount the old ones.
 */
const KINDS =
  'deployments,statefulsets,jobs,services,horizontalpodautoscalers,poddisruptionbudgets,networkpolicies,serviceaccounts';
const GONE_WITHIN_SECONDS = 300;
const CLIENT_SECONDS = 30;

interface Written {
  readonly kind: string;
  readonly metadata: { readonly name: string };
}

interface Found extends Written {
  readonly metadata: Written['metadata'] & {
    readonly ownerReferences?: readonly unknown[];
    readonly managedFields?: readonly { readonly manager?: string }[];
  };
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

/**
 * Deletes the objects of the system that were applied by this tool and are not in the written files, and waits until
 * they are gone with their pods. A Job that was replaced by one of another name goes when it is over.
 * @param folder the files of this `up`
 */
export async function deleteLeftovers(kubectl: Kubectl, system: System, folder: string): Promise<void> {
  const namespace = ['--namespace', system.name];
  const ours = ['--selector', `${PART_OF_LABEL}=${system.name}`, '--show-managed-fields', '--output=json'];
  const { items } = JSON.parse(await kubectl.run(['get', KINDS, ...namespace, ...ours])) as {
    readonly items: readonly Found[];
  };
  const wanted = new Set([...writtenIn(folder), ...writtenIn(join(folder, PLANNED))]);
  const left = items.filter((item) => isOurs(item) && !wanted.has(nameOf(item)) && !isUnfinishedJob(item));
  if (left.length === 0) return;
  const how = ['--ignore-not-found', '--cascade=foreground', `--timeout=${GONE_WITHIN_SECONDS}s`];
  const within = (GONE_WITHIN_SECONDS + CLIENT_SECONDS) * 1_000;
  await kubectl.run(['delete', ...left.map(nameOf), ...namespace, ...how], undefined, within);
}

/** Of the files in the list alone: those of an earlier `up` may lie beside them. */
function writtenIn(folder: string): string[] {
  const list = join(folder, 'kustomization.yaml');
  if (!existsSync(list)) return [];
  const { resources } = parse(readFileSync(list, 'utf8')) as { readonly resources: readonly string[] };
  return resources.flatMap((file) =>
    parseAllDocuments(readFileSync(join(folder, file), 'utf8')).map((each) => nameOf(each.toJS() as Written)),
  );
}

/** `deployment/lucid-session-api` */
const nameOf = ({ kind, metadata }: Written) => `${kind.toLowerCase()}/${metadata.name}`;

/** Others may put our label on theirs, and what a controller made goes with its owner. */
const isOurs = ({ metadata }: Found) =>
  metadata.ownerReferences === undefined &&
  metadata.managedFields?.some(({ manager }) => manager === APPLIED_BY) === true;

const isUnfinishedJob = ({ kind, status }: Found) =>
  kind === 'Job' &&
  !status?.conditions?.some(
    ({ type, status: met }) => (type === 'Complete' || type === 'Failed') && met === 'True',
  );
