import type { System } from '../model/types.ts';
import { composeSystem } from '../profiles/compose-system.ts';
import { profiles } from '../profiles/index.ts';
import { parseOverrides } from '../profiles/overrides.ts';
import { requireProfile } from '../profiles/profile.ts';
import { compose } from './compose/index.ts';
import { kubernetes } from './kubernetes/index.ts';
import { lossReport } from './loss-report.ts';
import { partLosses } from './part-losses.ts';
import type { Rendering, Target } from './renderer.ts';
import { swarm } from './swarm/index.ts';

/** Every target there is. */
export const targets: readonly Target[] = [compose, swarm, kubernetes];

export interface Rendered {
  readonly profile: string;
  readonly target: Target;
  readonly system: System;
  readonly rendering: Rendering;
}

/** Every profile in every target. @param only profiles wanted; all when empty */
export function renderAll(
  system: System,
  only: readonly string[] = [],
  set: readonly string[] = [],
): Rendered[] {
  const overrides = parseOverrides(set);
  const names = only.length === 0 ? Object.keys(profiles) : only;
  return names.flatMap((name) => {
    const composed = composeSystem(system, requireProfile(profiles, name), overrides);
    return targets.map((target) => ({
      profile: name,
      target,
      system: composed,
      rendering: target.render(composed, { profile: name }),
    }));
  });
}

/** All files by their path below the output folder: `<profile>/<target>/…`, with the losses beside them. */
export function filesOf(rendered: readonly Rendered[]): Map<string, string> {
  const files = rendered.flatMap(({ profile, target, system, rendering }) => [
    ...[...rendering.files].map(([path, text]) => [`${profile}/${target.name}/${path}`, text] as const),
    [
      `${profile}/${target.name}/losses.json`,
      lossReport([...rendering.losses, ...partLosses(system)]),
    ] as const,
  ]);
  return new Map(files);
}
