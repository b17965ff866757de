import { parse, stringify } from 'yaml';

/**
 * The stack file with the services of the first phases only, each with the image it is to run. Swarm knows no start
 * order: the stack grows phase by phase, and what is there already stays as it is because every service is written as
 * in the whole file. @param images service to the reference it runs
 */
export function phaseFile(stackFile: string, images: ReadonlyMap<string, string>): string {
  const stack = parse(stackFile) as { services: Record<string, object> };
  const kept = Object.entries(stack.services).flatMap(([name, service]) => {
    const image = images.get(name);
    return image === undefined ? [] : [[name, { ...service, image }] as const];
  });
  // Docker reads YAML 1.1, where a bare `off` or `yes` is no text.
  return stringify({ ...stack, services: Object.fromEntries(kept) }, { compat: 'yaml-1.1' });
}
