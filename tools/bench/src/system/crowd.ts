import { randomBytes } from 'node:crypto';
import type { Belongings } from '../belongings.ts';
import { Door } from './door.ts';

/** Hashing a password is meant to take its time: the platform is not asked for all at once. */
const AT_ONCE = 4;

/** Signs people up and in. @returns what each of them has to enter by */
export async function crowd(belongings: Belongings, url: string, count: number): Promise<Door[]> {
  const doors: Door[] = [];
  const join = async () => {
    while (doors.length < count) {
      const door = new Door(url);
      doors.push(door);
      belongings.add(() => door.close());
      const username = `bench-${randomBytes(6).toString('hex')}`;
      const account = {
        email: `${username}@example.com`,
        password: `Bench-1-${randomBytes(18).toString('base64url')}`,
      };
      await door.ask({ method: 'POST', path: '/auth/register', body: { ...account, username } });
      const { access_token } = await door.ask<{ access_token: string }>({
        method: 'POST',
        path: '/auth/login',
        body: account,
      });
      door.useToken(access_token);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, join));
  return doors;
}
