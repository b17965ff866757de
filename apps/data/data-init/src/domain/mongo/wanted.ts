/** A member as the model wants it; every one of them votes. */
export interface WantedMember {
  /** `host:port`, the name under which members and clients reach it. */
  readonly host: string;
  /** 0 to 1000; the highest is preferred as primary, 0 never becomes it. NaN when it was not a whole number. */
  readonly priority: number;
}

export interface ReplicaSetWanted {
  readonly name: string;
  readonly members: readonly WantedMember[];
}

/** MongoDB's own limit on voting members. */
export const MAX_VOTERS = 7;

/** Reads `host:port=priority`; the port may be left out (27017), and so may the priority (1). */
export function wantedMember(text: string): WantedMember {
  const [address = '', priority = '1'] = text.split('=');
  return {
    host: /:\d+$/.test(address) ? address : `${address}:27017`,
    priority: /^\d+$/.test(priority) ? Number(priority) : Number.NaN,
  };
}

/** What is wrong with the wish itself, as ends of sentences; empty when nothing is. */
export function replicaSetProblems({ members }: ReplicaSetWanted): string[] {
  const hosts = members.map(({ host }) => host);
  return [
    members.every(({ host }) => /^[\w.-]+:\d{1,5}$/.test(host)) ? [] : ['must be host:port=priority'],
    members.every(({ priority }) => priority >= 0 && priority <= 1000)
      ? []
      : ['has a priority that is not a whole number from 0 to 1000'],
    members.some(({ priority }) => priority > 0) ? [] : ['gives no member a priority above 0'],
    new Set(hosts).size === hosts.length ? [] : ['names a member twice'],
    members.length <= MAX_VOTERS ? [] : [`has more than ${MAX_VOTERS} members`],
  ].flat();
}

/**
 * Where a fresh set is initiated: the member of highest priority, the first of those that share it. It is the only one
 * that may have users (MONGO_INITDB_ROOT_*): MongoDB wants all others empty.
 */
export function initiator({ members }: ReplicaSetWanted): WantedMember {
  const [first, ...others] = members;
  if (first === undefined) throw new RangeError('a set has members');
  return others.reduce((best, member) => (member.priority > best.priority ? member : best), first);
}
