import type { Document } from 'mongodb';
import type { MemberView, MongoObservation, SetConfig, SetView } from '../../domain/mongo/observation.ts';
import { initiator, type ReplicaSetWanted } from '../../domain/mongo/wanted.ts';
import { CODE, type MongoAdmin, serverCode } from './admin.ts';

/** Asks every wanted member, then the primary, if there is one, for configuration and health of the set. */
export async function observe(admin: MongoAdmin, wanted: ReplicaSetWanted): Promise<MongoObservation> {
  const answers = await Promise.all(wanted.members.map(({ host }) => sayHello(admin, host)));
  const members = answers.map(({ view }) => view);
  if (members.every(({ contact }) => contact !== 'member')) {
    const login = await tryLogin(admin, members, initiator(wanted).host);
    return { members, ...login, set: undefined };
  }
  const primary =
    members.find(({ isPrimary }) => isPrimary)?.host ?? answers.find((it) => it.primary)?.primary;
  const asked = primary === undefined ? nothingWrong : await askPrimary(admin, primary);
  return { members, set: undefined, ...asked };
}

type Problem = Pick<MongoObservation, 'loginProblem' | 'trouble'>;
const nothingWrong: Problem = { loginProblem: undefined, trouble: undefined };

interface Hello {
  readonly view: MemberView;
  /** The primary this member knows of. */
  readonly primary: string | undefined;
}

async function sayHello(admin: MongoAdmin, host: string): Promise<Hello> {
  try {
    const answer = await admin.hello(host);
    const isMember = typeof answer.setName === 'string';
    const contact = isMember ? 'member' : answer.isreplicaset === true ? 'uninitialised' : 'standalone';
    const isPrimary = isMember && answer.isWritablePrimary === true;
    const view: MemberView = { host, contact, reason: '', setName: answer.setName, isPrimary };
    return { view, primary: answer.primary };
  } catch (error) {
    const reason = (error as Error).message;
    return {
      view: { host, contact: 'unreachable', reason, setName: undefined, isPrimary: false },
      primary: undefined,
    };
  }
}

/**
 * Before anything is changed: does the root user exist where the set will be initiated? The expected answer is 94, not
 * yet initialised; to ask needs the login.
 */
async function tryLogin(admin: MongoAdmin, members: readonly MemberView[], host: string): Promise<Problem> {
  if (members.some((member) => member.host === host && member.contact !== 'uninitialised'))
    return nothingWrong;
  try {
    await admin.command(host, { replSetGetStatus: 1 });
    return { loginProblem: undefined, trouble: `${host} has a set since a moment ago` };
  } catch (error) {
    return serverCode(error) === CODE.notYetInitialized ? nothingWrong : problemOf(error, host);
  }
}

/** Only for members where the root user must exist; on one that is still copying data it may not yet. */
function problemOf(error: unknown, host: string): Problem {
  const { message } = error as Error;
  const code = serverCode(error);
  if (code !== CODE.authenticationFailed && code !== CODE.unauthorized)
    return { loginProblem: undefined, trouble: `${host}: ${message}` };
  const question = 'is the password another one than when its data was created?';
  return { loginProblem: `${host} refuses the login (${message}): ${question}`, trouble: undefined };
}

async function askPrimary(admin: MongoAdmin, primary: string): Promise<Problem & { set?: SetView }> {
  try {
    const { config } = await admin.command(primary, { replSetGetConfig: 1 });
    const status = await admin.command(primary, { replSetGetStatus: 1 });
    const isStill = status.members.some((it: Document) => it.name === primary && it.stateStr === 'PRIMARY');
    return { ...nothingWrong, ...(isStill ? { set: setView(primary, config as SetConfig, status) } : {}) };
  } catch (error) {
    return problemOf(error, primary);
  }
}

function setView(primary: string, config: SetConfig, status: Document): SetView {
  const health = new Map(
    (status.members as Document[]).map((it) => [
      String(it.name),
      { state: String(it.stateStr), complaint: String(it.lastHeartbeatMessage ?? '') },
    ]),
  );
  return { primary, config, health };
}
