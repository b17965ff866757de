import { act, type Decision, done, refuse, wait } from '../decision.ts';
import type { MongoAction } from './action.ts';
import type { ConfigMember, MemberView, SetView } from './observation.ts';
import { MAX_VOTERS, type ReplicaSetWanted } from './wanted.ts';

/**
 * A primary that shall leave, or shall never be primary, cannot be told so: MongoDB wants the primary electable. It gets
 * the smallest priority instead, and one of the others takes over by itself.
 */
const YIELDING_PRIORITY = 0.01;

/**
 * The next change of the configuration, one voting member at a time as MongoDB demands, each with the version after the
 * one that was read. Order: who comes, then the priorities, then who goes, so that redundancy never drops below what it was;
 * only where all seven votes are taken somebody has to go first.
 * @returns `done` when the configuration is the wanted one, whatever the members' health
 */
export function nextChange(
  set: SetView,
  seen: readonly MemberView[],
  wanted: ReplicaSetWanted,
): Decision<MongoAction> {
  const { config } = set;
  const priorityOf = new Map(wanted.members.map(({ host, priority }) => [host, priority]));
  const isWanted = ({ host }: ConfigMember): boolean => priorityOf.has(host);
  const problem = tooMuch(config.members, isWanted);
  if (problem !== undefined) return refuse(problem);

  const arrival = wanted.members.find(({ host }) => config.members.every((member) => member.host !== host));
  const leaving = config.members.filter((member) => !isWanted(member));
  const voters = config.members.filter(({ votes }) => votes > 0);
  const isSettled = unsettled(set, isWanted);
  const to = (members: readonly ConfigMember[], change: string): Decision<MongoAction> =>
    act({
      kind: 'reconfigure',
      at: set.primary,
      config: { ...config, version: config.version + 1, members },
      change,
    });

  if (arrival !== undefined && voters.length < MAX_VOTERS) {
    if (isSettled !== undefined) return wait(isSettled);
    const view = seen.find(({ host }) => host === arrival.host);
    if (view?.contact !== 'uninitialised') return wait(`${arrival.host} ${notReady(view)}`);
    const member = { _id: Math.max(...config.members.map(({ _id }) => _id)) + 1, ...arrival, votes: 1 };
    return to([...config.members, member], `adds ${arrival.host} with priority ${arrival.priority}`);
  }
  const target = (member: ConfigMember): number => {
    const priority = priorityOf.get(member.host);
    if (member.host === set.primary) return priority ? priority : YIELDING_PRIORITY;
    return priority ?? member.priority;
  };
  const differing = config.members.filter((member) => member.priority !== target(member));
  if (differing.length > 0)
    return to(
      config.members.map((member) => ({ ...member, priority: target(member) })),
      `sets ${differing.map((member) => `the priority of ${member.host} to ${target(member)}`).join(', ')}`,
    );
  const goes = leaving.find(({ host }) => host !== set.primary);
  if (goes !== undefined) {
    if (isSettled !== undefined) return wait(isSettled);
    return to(
      config.members.filter((member) => member !== goes),
      `removes ${goes.host}`,
    );
  }
  const mustYield = leaving.length > 0 || priorityOf.get(set.primary) === 0;
  return mustYield ? wait(`${set.primary} is still the primary, another one has to take over`) : done;
}

/** Changes that a person has to make: they could cost the data, or undo what somebody set by hand. */
function tooMuch(
  members: readonly ConfigMember[],
  isWanted: (member: ConfigMember) => boolean,
): string | undefined {
  const voters = members.filter(({ votes }) => votes > 0);
  const kept = voters.filter(isWanted).length;
  if (kept * 2 <= voters.length)
    return `only ${kept} of the ${voters.length} voting members of the set are wanted: that would remove a majority`;
  const special = members.find(
    (member) =>
      isWanted(member) && (member.votes === 0 || member.hidden === true || member.arbiterOnly === true),
  );
  return special && `${special.host} is an arbiter, hidden or without a vote: somebody set that by hand`;
}

/** Members come and go only while everybody who stays is well. */
function unsettled(
  { config, health }: SetView,
  isWanted: (member: ConfigMember) => boolean,
): string | undefined {
  const ill = config.members.find((member) => {
    const state = health.get(member.host)?.state;
    return isWanted(member) && state !== 'PRIMARY' && state !== 'SECONDARY';
  });
  return ill && `${ill.host} is ${health.get(ill.host)?.state ?? 'not seen by the primary'}`;
}

function notReady(view: MemberView | undefined): string {
  if (view === undefined || view.contact === 'unreachable')
    return `does not answer (${view?.reason ?? 'not asked'})`;
  return 'still knows a set that does not know it';
}
