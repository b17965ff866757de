import type { AuthResponse } from '@lucid/contracts';
import { commonErrors } from '@lucid/errors';
import type { Static } from 'typebox';
import { errors } from '../errors.ts';
import { lockedForMs, locksNow } from './lockout.ts';
import type { Origin } from './origin.ts';
import { signIn } from './sign-in.ts';
import { normalName, type User } from './user.ts';
import type { World } from './world.ts';

/**
 * Signs in with e-mail and password. An unknown address, a wrong password and an inactive account cost the same time and get
 * the same answer. Attempts for one address follow one another, so that no more are made than are counted.
 * @throws BAD_CREDENTIALS, ACCOUNT_LOCKED, UNAVAILABLE when too many passwords wait to be hashed
 */
export function passwordLogin(
  world: World,
  given: { email: string; password: string },
  origin: Origin,
): Promise<Static<typeof AuthResponse>> {
  const email = normalName(given.email);
  return world.logins.run(email, async () => {
    await refuseWhenLocked(world, email);
    const user = await world.users.byEmail(email);
    const isRight = await world.passwords.verify(given.password, user?.passwordHash);
    if (!user || !isRight || user.status !== 'active') throw await failed(world, email, user, origin);
    await world.loginFailures.clear(email);
    const response = await signIn(world, user, origin);
    world.outcomes.attempt('password', 'ok');
    await world.events.record(
      {
        type: 'login',
        severity: 'info',
        success: true,
        userId: user.userId,
        details: { method: 'password' },
      },
      origin,
    );
    return response;
  });
}

async function refuseWhenLocked(
  { loginFailures, policy, outcomes, clock }: World,
  email: string,
): Promise<void> {
  const nowMs = clock.nowMs();
  const record = await loginFailures.find(email, new Date(nowMs));
  const waitMs = lockedForMs(record, policy.lockout, nowMs);
  if (waitMs === 0) return;
  outcomes.attempt('password', 'locked');
  throw errors.ACCOUNT_LOCKED({ headers: { 'retry-after': String(Math.ceil(waitMs / 1000)) } });
}

async function failed(world: World, email: string, user: User | undefined, origin: Origin): Promise<Error> {
  const { loginFailures, events, outcomes, policy, clock } = world;
  const { cooldownMs } = policy.lockout;
  const now = new Date(clock.nowMs());
  const who = user ? { userId: user.userId } : {};
  const record = await loginFailures.add(email, now, cooldownMs);
  outcomes.attempt('password', 'refused');
  await events.record({ type: 'login_failed', severity: 'warn', success: false, ...who }, origin);
  if (locksNow(record, policy.lockout)) {
    await loginFailures.lock(email, now, cooldownMs);
    outcomes.lockout();
    await events.record({ type: 'account_locked', severity: 'critical', success: false, ...who }, origin);
  }
  return commonErrors.BAD_CREDENTIALS();
}
