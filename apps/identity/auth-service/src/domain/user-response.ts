import type { UserResponse } from '@lucid/contracts';
import type { User } from './user.ts';

/** What an account looks like from outside. */
export const userResponse = (user: User): UserResponse => ({
  user_id: user.userId,
  email: user.email,
  username: user.username,
  role: user.role,
  created_at: user.createdAt.toISOString(),
  updated_at: user.updatedAt.toISOString(),
  ...(user.lastLogin ? { last_login: user.lastLogin.toISOString() } : {}),
});
