import { parse, stringify } from 'yaml';

/**
 * The stack file with the services of the first phases only. Swarm knows no start order: the stack grows phase by
 * phase, and what is there already stays as it is because every service is written as in the whole file.
 */
export function phaseFile(stackFile: string, services: ReadonlySet<string>): string {
  const stack = parse(stackFile) as { services: Record<string, unknown> };
  const kept = Object.entries(stack.services).filter(([name]) => services.has(name));
  // Docker reads YAML 1.1, where a bare `off` or `yes` is no text.
  return stringify({ ...stack, services: Object.fromEntries(kept) }, { compat: 'yaml-1.1' });
}
