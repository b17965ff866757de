import type { Role } from '@lucid/service';

/** What a good access token says. */
export interface VerifiedUser {
  readonly id: string;
  readonly role: Role;
  /** Login session the token belongs to; ending it ends the token. */
  readonly loginSessionId: string;
  /** Wall-clock time from which on the token is no longer good. */
  readonly expiresMs: number;
}
