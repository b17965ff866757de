import type { ImageDefinition } from './definition.ts';

type User = NonNullable<ImageDefinition['user']>;

const ROOT: User = { name: 'root', uid: 0, gid: 0, home: '/root' };
const NOBODY: User = { name: 'nobody', uid: 65534, gid: 65534, home: '/nonexistent' };

/** The account files of an image: root, its service user, nobody. */
export function accountFiles(user: User | undefined): Readonly<Record<string, string>> {
  const users = [ROOT, ...(user === undefined ? [] : [user]), NOBODY];
  const lines = (line: (user: User) => string) => users.map((one) => `${line(one)}\n`).join('');
  return {
    '/etc/passwd': lines(({ name, uid, gid, home }) => `${name}:x:${uid}:${gid}::${home}:/bin/sh`),
    '/etc/group': lines(({ name, gid }) => `${name}:x:${gid}:`),
    '/etc/nsswitch.conf': 'passwd: files\ngroup: files\nhosts: files dns\n',
  };
}
