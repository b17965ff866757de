import type { Store } from '../model/store.ts';
import type { Service, System } from '../model/types.ts';
import { membersOf, settingsText, unprepared } from './facts/members.ts';
import type { Rule } from './rule.ts';

const ROOT = 'MONGO_INITDB_ROOT_';

export const replicaSet: Rule = {
  name: 'replica-set',
  because:
    'members must know each other by a key, be an odd number, and be told once that they belong together',
  check: (system) =>
    system.stores.filter(({ scheme }) => scheme === 'mongodb').flatMap((store) => problems(system, store)),
};

function problems(system: System, store: Store): string[] {
  const members = membersOf(system, store).filter(({ image }) => !image.ours);
  const isSet = members.filter((member) => /--replSet\b|\breplSetName\b/.test(settingsText(member)));
  const wants = store.options.replicaSet !== undefined;
  if (members.length < 2 && isSet.length === 0 && !wants) return [];
  const job = unprepared(system, store, 'a replica set');
  return [
    ...(wants ? [] : [`${store.name} is a replica set, but its users are not told (replicaSet)`]),
    ...members
      .filter((member) => !isSet.includes(member))
      .map(({ name }) => `${name} is a member of ${store.name}, but is started without a replica set`),
    ...(members.length % 2 === 1
      ? []
      : [`${store.name} has ${members.length} members: no majority when they part`]),
    ...(store.passwordSecret === undefined ? [] : members.flatMap(withoutKey)),
    ...secondRoots(store, members),
    ...job,
  ];
}

/** Authorization in a replica set is refused by mongod without a key the members share. */
function withoutKey(member: Service): string[] {
  const says = /--keyFile\b|\bkeyFile:/.test(settingsText(member));
  const has = member.secrets.some(({ secret }) => /key-?file/i.test(secret));
  return says && has ? [] : [`${member.name} asks for a password but has no keyFile for the other members`];
}

/** A member that makes a root user of its own is not empty, and cannot join. */
function secondRoots(store: Store, members: readonly Service[]): string[] {
  const makers = members.filter(
    ({ env, secrets }) =>
      Object.keys(env).some((name) => name.startsWith(ROOT)) ||
      secrets.some(({ variable }) => variable.startsWith(ROOT)),
  );
  return makers.slice(1).map(({ name }) => `${name} makes a second root user in ${store.name}`);
}
