import type { Origin } from './origin.ts';
import type { User } from './user.ts';
import type { World } from './world.ts';

/**
 * Makes the account named by BOOTSTRAP_SUPER_ADMIN_EMAIL super_admin: when it registers, or at the next start if it was there
 * already. Once in the life of the database, so that naming another address later opens nothing.
 */
export async function bootstrapSuperAdmin(
  world: Pick<World, 'users' | 'events' | 'policy' | 'clock'>,
  user: User,
  origin: Origin,
): Promise<boolean> {
  const { users, events, policy, clock } = world;
  if (user.email !== policy.superAdminEmail) return false;
  const promoted = await users.makeFirstSuperAdmin(user.userId, new Date(clock.nowMs()));
  if (promoted)
    await events.record(
      { type: 'super_admin_bootstrapped', severity: 'critical', success: true, userId: user.userId },
      origin,
    );
  return promoted;
}
