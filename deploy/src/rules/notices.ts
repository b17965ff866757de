import { calledName } from '../model/edges.ts';
import { environmentOf } from '../model/environment.ts';
import type { System } from '../model/types.ts';
import { announcedVariables } from './announced-variables.ts';
import { councilNotices } from './council-notices.ts';
import { tooLittle } from './memory-fits.ts';

/** What is not as it will be, is known, and does not fail a check: said each time, so that nobody forgets it. */
export function noticesOf(system: System): string[] {
  const ofServices = system.services.flatMap((service) => {
    const given = new Set(environmentOf(system, service).map(({ name }) => name));
    return [
      ...announcedVariables
        .filter((each) => each.service === calledName(service) && given.has(each.variable))
        .map(
          ({ variable, today }) =>
            `${service.name} is given ${variable}, which it does not read yet: ${today}`,
        ),
      ...(service.status === 'planned' ? tooLittle(service) : []),
    ];
  });
  return [...ofServices, ...councilNotices(system)];
}
