import type { InstanceStatus } from '../engines/engine.ts';
import { type CheckContext, instancesOf, type Result, type Verdict } from './check.ts';

/** What a check found out about one instance. */
export interface Finding {
  readonly id: string;
  readonly verdict: Verdict;
  readonly detail: string;
}

/**
 * One line per service and outcome instead of one per instance: ten replicas that are well are one line, and those of
 * them that failed for the same reason another. @param inspect of services that may have instances; jobs have none
 */
export async function perService(
  context: CheckContext,
  check: string,
  inspect: (instance: InstanceStatus) => Promise<Finding>,
): Promise<Result[]> {
  const servers = context.system.services.filter(({ kind }) => kind !== 'job');
  const all = await Promise.all(
    servers.map(async (service) =>
      folded(check, await Promise.all(instancesOf(context, service).map(inspect))),
    ),
  );
  return all.flat();
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
