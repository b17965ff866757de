import { commonErrors } from '@lucid/errors';
import { bootstrapSuperAdmin } from './bootstrap-super-admin.ts';
import type { Origin } from './origin.ts';
import { passwordProblems } from './password-rules.ts';
import { normalName, type User } from './user.ts';
import type { World } from './world.ts';

export interface Registration {
  email: string;
  username: string;
  password: string;
}

/**
 * Creates an account with the role `user`.
 * @throws WEAK_PASSWORD naming each broken rule, ALREADY_EXISTS naming the field
 */
export async function register(world: World, given: Registration, origin: Origin): Promise<User> {
  const { users, passwords, events, outcomes, clock, random } = world;
  const problems = passwordProblems(given.password);
  if (problems.length > 0) {
    outcomes.attempt('register', 'refused');
    throw commonErrors.WEAK_PASSWORD({ details: { problems } });
  }
  const passwordHash = await passwords.hash(given.password);
  const now = new Date(clock.nowMs());
  const user: User = {
    userId: random.uuid(),
    email: normalName(given.email),
    username: normalName(given.username),
    passwordHash,
    role: 'user',
    status: 'active',
    tokenVersion: 0,
    createdAt: now,
    updatedAt: now,
  };
  const taken = await users.insert(user);
  if (taken) {
    outcomes.attempt('register', 'refused');
    throw commonErrors.ALREADY_EXISTS({
      message: `This ${taken === 'email' ? 'e-mail address' : 'username'} is taken.`,
      details: { field: taken },
    });
  }
  outcomes.attempt('register', 'ok');
  await events.record({ type: 'registered', severity: 'info', success: true, userId: user.userId }, origin);
  const promoted = await bootstrapSuperAdmin(world, user, origin);
  return promoted ? { ...user, role: 'super_admin' } : user;
}
