import type { InstanceStatus } from '../engines/engine.ts';
import { ElsewhereError } from '../errors.ts';
import { type CheckContext, instancesOf, type Result, reasonOf, type Verdict } from './check.ts';

/** What a check found out about one instance. */
export interface Finding {
  readonly id: string;
  readonly verdict: Verdict;
  readonly detail: string;
  /** The node it is on, when that is why nothing could be found out. */
  readonly elsewhere?: string;
}

/** Nothing could be found out, for this reason. */
export function unread(id: string, error: unknown): Finding {
  const found = { id, verdict: 'unknown', detail: reasonOf(error) } as const;
  return error instanceof ElsewhereError ? { ...found, elsewhere: error.node } : found;
}

/**
 * One line per service and outcome instead of one per instance: ten replicas that are well are one line, and those of
 * them that failed for the same reason another. All that are out of reach on another node are one line for that node. @param inspect of services that may have instances; jobs have none
 */
export async function perService(
  context: CheckContext,
  check: string,
  inspect: (instance: InstanceStatus) => Promise<Finding>,
): Promise<Result[]> {
  const servers = context.system.services.filter(({ kind }) => kind !== 'job');
  const all = await Promise.all(
    servers.map((service) => Promise.all(instancesOf(context, service).map(inspect))),
  );
  const heard = all.map((findings) => findings.filter(({ elsewhere }) => elsewhere === undefined));
  return [...heard.flatMap((findings) => folded(check, findings)), ...outOfReach(check, all.flat())];
}

function outOfReach(check: string, findings: readonly Finding[]): Result[] {
  const nodes = Map.groupBy(findings, ({ elsewhere }) => elsewhere);
  return [...nodes].flatMap(([node, there]): Result[] => {
    if (node === undefined) return [];
    const count = there.length === 1 ? '1 instance' : `${there.length} instances`;
    const detail = `${count} on ${node}: ask there, or name its engine in LUCID_NODE_HOSTS; docker exec does not cross nodes`;
    return [{ check, subject: node, verdict: 'unknown', detail }];
  });
}

/** Findings with the same words and verdict as one result; those that are well are one in any case. */
export function folded(check: string, findings: readonly Finding[]): Result[] {
  const groups = Map.groupBy(findings, ({ verdict, detail }) =>
    verdict === 'ok' ? verdict : `${verdict} ${detail}`,
  );
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const details = [...new Set(group.map(({ detail }) => detail))];
    return [{ check, subject: named(group), verdict: first.verdict, detail: details.join('; ') }];
  });
}

/** `lucid-chunk-processor-1, -2, -4`: the first in full. */
function named(group: readonly Finding[]): string {
  return group.map(({ id }, at) => (at === 0 ? id : id.replace(/^.*(?=-\d+$)/, ''))).join(', ');
}
