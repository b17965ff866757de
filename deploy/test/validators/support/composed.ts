import type { System } from '../../../src/model/types.ts';
import { composeSystem } from '../../../src/profiles/compose-system.ts';
import { profiles } from '../../../src/profiles/index.ts';
import { parseOverrides } from '../../../src/profiles/overrides.ts';
import { requireProfile } from '../../../src/profiles/profile.ts';
import { system } from '../../../src/system.ts';

/** Names of four validators. */
export const MEMBERS = [1, 2, 3, 4].map((number) => `lucid-blockchain-validator-${number}`);

/** Lucid with so many validators; undefined says nothing of them. */
export function composed(
  profile: string,
  validators: number | undefined,
  set: readonly string[] = [],
): System {
  const many = validators === undefined ? [] : [`blockchain-engine.validators=${validators}`];
  return composeSystem(system, requireProfile(profiles, profile), parseOverrides([...many, ...set]));
}
