import { withCouncils } from '../model/council.ts';
import type { System } from '../model/types.ts';
import { refreshMonitoring } from '../tiers/monitoring.ts';
import { applyOverrides, type Overrides, tiersOf } from './overrides.ts';
import { applyProfile, type Profile, requireService } from './profile.ts';
import { SMALLEST, type Tiers, withTiers } from './tiers.ts';

/**
 * The system as it is to run: tiers first, then the profile's numbers, then what the user set for this time. What is
 * several was one until then, so that each of them has all of that.
 * @param forced what an engine can run at all, whatever the profile wants (the process engine runs no Redis)
 * @throws DeployError for overlays and overrides of what is not there
 */
export function composeSystem(
  system: System,
  profile: Profile,
  overrides: Overrides = { tiers: {}, services: [] },
  forced: Partial<Tiers> = {},
): System {
  const own = withTiers(system, { ...SMALLEST, ...profile.tiers });
  for (const name of Object.keys(profile.services ?? {})) requireService(own, name);
  const tiers: Tiers = { ...SMALLEST, ...profile.tiers, ...tiersOf(overrides), ...forced };
  const composed = withCouncils(applyOverrides(applyProfile(withTiers(system, tiers), profile), overrides));
  return tiers.monitoring ? refreshMonitoring(composed) : composed; // limits are in the alerts, and have changed
}
