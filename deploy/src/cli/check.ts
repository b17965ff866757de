import { loadSystem } from '../engines/load-system.ts';
import { DeployError, deployErrors } from '../errors.ts';
import { startOrder } from '../model/start-order.ts';
import { profiles } from '../profiles/index.ts';
import { problemsOf, rules } from '../rules/index.ts';
import type { Terminal } from './terminal.ts';

/** `check`: every rule over every profile. Prints each problem, fails when there is one. */
export async function check(terminal: Terminal): Promise<void> {
  const problems: string[] = [];
  for (const profile of Object.keys(profiles)) {
    const system = await loadSystem({ systemModule: undefined, profile, scale: {}, set: [] });
    problems.push(...problemsOf(system).map((problem) => `${profile}: ${problem}`));
    const order = startOrder(system);
    const edges = system.services.reduce(
      (sum, service) => sum + service.calls.length + service.uses.length,
      0,
    );
    terminal.line(`${profile}: ${system.services.length} services, ${edges} edges, ${rules.length} rules`);
    if (order.ok)
      for (const [at, tier] of order.tiers.entries()) terminal.line(`  ${at + 1}. ${tier.join(', ')}`);
    terminal.document({
      profile,
      services: system.services.length,
      edges,
      tiers: order.ok ? order.tiers : [],
      problems,
    });
  }
  for (const problem of problems) terminal.line(problem);
  if (problems.length > 0)
    throw new DeployError('broken-model', 1, deployErrors.brokenModel(problems).message);
}
