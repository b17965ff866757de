import type { LockoutPolicy } from './lockout.ts';

/** The service's rules that an operator may set. */
export interface Policy {
  accessLifetimeMs: number;
  refreshLifetimeMs: number;
  maxSessionsPerUser: number;
  lockout: LockoutPolicy;
  /** Normalised. */
  superAdminEmail: string | undefined;
}
