import type { Check, Finding } from './check.ts';
import type { Workspace } from './workspace.ts';

export interface CheckResult {
  readonly name: string;
  readonly findings: readonly Finding[];
  readonly durationMs: number;
}

/**
 * Runs every check to its end: one that throws has failed, and keeps no other from running.
 * @param now milliseconds of a monotonic clock
 */
export async function runChecks(
  checks: readonly Check[],
  workspace: Workspace,
  now: () => number,
): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  for (const check of checks) {
    const startedMs = now();
    const findings = await findingsOf(check, workspace);
    results.push({ name: check.name, findings, durationMs: Math.round(now() - startedMs) });
  }
  return results;
}

async function findingsOf(check: Check, workspace: Workspace): Promise<readonly Finding[]> {
  try {
    return await check.run(workspace);
  } catch (error) {
    return [{ file: '.', line: 1, reason: `the check could not run: ${(error as Error).message}` }];
  }
}
