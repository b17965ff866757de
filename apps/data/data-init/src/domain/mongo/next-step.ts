import { act, type Decision, done, refuse, wait } from '../decision.ts';
import type { MongoAction } from './action.ts';
import { nextChange } from './next-change.ts';
import type { MemberView, MongoObservation, SetConfig } from './observation.ts';
import { initiator, type ReplicaSetWanted } from './wanted.ts';

/**
 * The next step towards the wanted set. Pure.
 *
 * ```
 *  all answer, none knows a set ──────▶ initiate, on one member, with all of them at once
 *  one knows a set ─▶ has it a primary? ─no─▶ wait
 *                            │yes
 *                            ▼
 *         one change at a time (next-change.ts) ──▶ all PRIMARY or SECONDARY? ──▶ done
 * ```
 * A set is only initiated while every wanted member answers and none knows a set: a member that is away may be the one
 * with the data.
 */
export function nextStep(seen: MongoObservation, wanted: ReplicaSetWanted): Decision<MongoAction> {
  const wrong = seen.members.map((member) => cannotServe(member, wanted)).find((it) => it !== undefined);
  if (wrong !== undefined) return refuse(wrong);
  if (seen.loginProblem !== undefined) return refuse(seen.loginProblem);
  const isKnown = seen.members.some(({ contact }) => contact === 'member');
  const away = seen.members.find(({ contact }) => contact === 'unreachable');
  if (!isKnown && away !== undefined) return wait(doesNotAnswer(away));
  if (seen.trouble !== undefined) return wait(seen.trouble);
  if (!isKnown) return initiate(wanted);
  const { set } = seen;
  if (set === undefined)
    return wait(
      away === undefined ? 'the set has no primary yet' : `the set has no primary; ${doesNotAnswer(away)}`,
    );
  if (set.config._id !== wanted.name)
    return refuse(`${set.primary} is in the set ${set.config._id}, not ${wanted.name}`);
  const rival = seen.members.find(({ isPrimary, host }) => isPrimary && host !== set.primary);
  if (rival !== undefined) return rivalPrimary(rival.host, set.primary, set.config);
  const change = nextChange(set, seen.members, wanted);
  if (change.kind !== 'done') return change;
  const ill = wanted.members.find(({ host }) => !isHealthy(set.health.get(host)?.state));
  return ill === undefined ? done : wait(notHealthy(ill.host, seen));
}

const HEALTHY: ReadonlySet<string> = new Set(['PRIMARY', 'SECONDARY']);
const isHealthy = (state: string | undefined): boolean => state !== undefined && HEALTHY.has(state);
const doesNotAnswer = ({ host, reason }: MemberView): string => `${host} does not answer (${reason})`;

function cannotServe({ host, contact, setName }: MemberView, { name }: ReplicaSetWanted): string | undefined {
  if (contact === 'standalone') return `${host} runs without --replSet ${name}`;
  if (setName !== undefined && setName !== name) return `${host} is in the set ${setName}, not ${name}`;
  return undefined;
}

function initiate(wanted: ReplicaSetWanted): Decision<MongoAction> {
  const members = wanted.members.map(({ host, priority }, index) => ({ _id: index, host, priority }));
  return act({ kind: 'initiate', at: initiator(wanted).host, config: { _id: wanted.name, members } });
}

/** Two primaries of one set are an election just now; a primary that the set does not know has a set of its own. */
function rivalPrimary(rival: string, primary: string, config: SetConfig): Decision<never> {
  return config.members.some(({ host }) => host === rival)
    ? wait(`${rival} and ${primary} both take themselves for the primary`)
    : refuse(`${rival} is the primary of another set than ${primary}: one of them has to be emptied by hand`);
}

function notHealthy(host: string, { members, set }: MongoObservation): string {
  const away = members.find((member) => member.host === host && member.contact === 'unreachable');
  if (away !== undefined) return doesNotAnswer(away);
  const health = set?.health.get(host);
  const complaint = health?.complaint ? ` (${health.complaint})` : '';
  return `${host} is ${health?.state ?? 'not seen by the primary'}${complaint}`;
}
