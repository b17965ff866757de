import type { Health } from '@lucid/health';
import type { UserVerifier } from './verifier.ts';

/**
 * `user-keys`: nobody can be recognised before keys and revocations were read once; later failures of the auth service do not
 * take it back. `revocation-feed`: degraded while logouts may go unnoticed.
 */
export function addUserAuthHealth(health: Health, users: UserVerifier): void {
  health.add({
    name: 'user-keys',
    check: async () => {
      if (!users.isReady) throw new Error('the auth service has not answered yet');
    },
  });
  health.add({
    name: 'revocation-feed',
    critical: false,
    check: async () => {
      if (users.isFeedStale) throw new Error('the auth service has not told revocations for 30 s');
    },
  });
}
