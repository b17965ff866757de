import type { Service } from '../model/types.ts';
import { programsOf } from './facts/shell-programs.ts';
import type { Rule } from './rule.ts';

export const probes: Rule = {
  name: 'probes',
  because: 'what runs for long must be able to say that it does, with programs that its image has',
  check: ({ services }) => services.flatMap((service) => [...missing(service), ...impossible(service)]),
};

function missing({ name, kind, probe }: Service): string[] {
  if (kind === 'job')
    return probe ? [`${name} is a job: it shows by its end how it went, not by a probe`] : [];
  if (!probe) return [`${name} has no probe`];
  const { timeoutSeconds, intervalSeconds, retries } = probe;
  return [
    ...(timeoutSeconds > intervalSeconds ? [`${name} is probed again before the answer is due`] : []),
    ...(retries < 1 || intervalSeconds < 1 ? [`${name} is probed without a pause or a second chance`] : []),
  ];
}

/** Questions over HTTP and TCP are asked by what the image has, or told as a loss by the target that cannot. */
function impossible({ name, probe, image }: Service): string[] {
  if (probe?.check.kind !== 'command') return [];
  if (probe.check.command.length === 0) return [`${name} is probed by an empty command`];
  return programsOf(probe.check.command)
    .filter((program) => !image.programs.includes(program))
    .map((program) => `${name} is probed by ${program}, which ${image.reference} does not have`);
}
