import type { Clock, Random } from '@lucid/clock';
import type { OneAtATime } from './one-at-a-time.ts';
import type { Policy } from './policy.ts';
import type { LoginFailures, LoginSessions, Outcomes, Passwords, SecurityEvents, Users } from './ports.ts';
import type { SigningKey } from './signing-key.ts';

/** Everything the use cases work with. */
export interface World {
  users: Users;
  loginSessions: LoginSessions;
  loginFailures: LoginFailures;
  passwords: Passwords;
  events: SecurityEvents;
  outcomes: Outcomes;
  /** Password logins for one address follow one another. */
  logins: OneAtATime;
  key: SigningKey;
  policy: Policy;
  clock: Clock;
  random: Random;
}
