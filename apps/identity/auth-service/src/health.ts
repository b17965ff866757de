import type { ServiceContext } from '@lucid/service';

/** `mongodb` (critical) is added where the database is opened. `password-hashing`: degraded while logins are turned away. */
export function addHealthChecks(context: ServiceContext, deps: { passwords: { isFull: boolean } }): void {
  context.health.add({
    name: 'password-hashing',
    critical: false,
    check: async () => {
      if (deps.passwords.isFull) throw new Error('too many passwords wait to be hashed');
    },
  });
}
