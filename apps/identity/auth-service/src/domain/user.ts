import type { Role } from '@lucid/service';

/** Only an `active` user can sign in or refresh. */
export type UserStatus = 'active' | 'inactive' | 'suspended' | 'deleted';

/** An account. E-mail and username are stored in lower case, so that they are unique whatever their case. */
export interface User {
  userId: string;
  email: string;
  username: string;
  /** PHC string. */
  passwordHash: string;
  role: Role;
  status: UserStatus;
  /** Goes up when all login sessions are ended. */
  tokenVersion: number;
  createdAt: Date;
  updatedAt: Date;
  lastLogin?: Date;
}

/** E-mail and username as they are stored and compared. */
export const normalName = (text: string): string => text.trim().toLowerCase();
