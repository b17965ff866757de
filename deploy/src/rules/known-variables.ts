import { calledName } from '../model/edges.ts';
import { environmentOf } from '../model/environment.ts';
import type { Service, System } from '../model/types.ts';
import { announcedVariables } from './announced-variables.ts';
import { knownVariables } from './facts/known-variables.ts';
import type { Rule } from './rule.ts';

export const knownVariablesOnly: Rule = {
  name: 'known-variables',
  because: 'a variable nobody reads is a typing error, or a promise that is not kept',
  check: (system) => system.services.filter(isReader).flatMap((service) => problems(system, service)),
};

/** Our own built parts. Jobs read few variables and say so themselves; they are on no page. */
function isReader({ app, status, image, kind }: Service): boolean {
  return status === 'built' && image.ours && kind !== 'job' && app?.startsWith('apps/') === true;
}

function problems(system: System, service: Service): string[] {
  const known = knownVariables().get(calledName(service));
  if (!known) return [`${service.name} is not in docs/config.md: nobody knows what it reads`];
  const announced = announcedVariables.filter((each) => each.service === calledName(service));
  const unread = [...new Set(environmentOf(system, service).map(({ name }) => name))].filter(
    (name) => !known.has(name) && !announced.some(({ variable }) => variable === name),
  );
  return [
    ...unread.map((name) => `${service.name} is given ${name}, which it does not read`),
    ...announced
      .filter(({ variable }) => known.has(variable))
      .map(({ variable }) => `${service.name} reads ${variable} by now: it is announced no more`),
  ];
}
