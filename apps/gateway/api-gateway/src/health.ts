import type { ServiceContext } from '@lucid/service';
import { addUserAuthHealth, type UserVerifier } from '@lucid/user-auth';

/**
 * `user-keys` (critical until the auth service has answered once) and `revocation-feed` (degraded). The services behind are no
 * dependencies of the gateway itself: it answers for those that are there.
 */
export function addHealthChecks(context: ServiceContext, deps: { users: UserVerifier }): void {
  addUserAuthHealth(context.health, deps.users);
}
