import type { Service } from '../model/types.ts';
import { composeSystem } from '../profiles/compose-system.ts';
import { profiles } from '../profiles/index.ts';
import { system } from '../system.ts';

/** Every service as every profile draws it: jobs stand in some data tiers only, and one image serves all profiles. */
export function drawnServices(): Service[] {
  const composed = Object.values(profiles).map((profile) => composeSystem(system, profile));
  return [system, ...composed].flatMap(({ services }) => services);
}
