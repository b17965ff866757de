import type { CheckContext } from './check.ts';
import { reasonOf } from './check.ts';
import type { DrawnStore, StoreVerdict } from './drawn-store.ts';
import { askAny, portOf, whyOf } from './inside.ts';

/** Longest that a member may be behind the newest write of the set before reads from it are a surprise. */
const MOST_LAG_SECONDS = 60;

/** What a member answers to `hello`, which needs no login. */
interface Hello {
  readonly isWritablePrimary?: boolean;
  readonly secondary?: boolean;
  readonly hosts?: readonly string[];
  readonly lastWriteSeconds?: number;
}

const HELLO =
  'const h = db.hello(); print(JSON.stringify({ isWritablePrimary: h.isWritablePrimary, secondary: h.secondary, hosts: h.hosts, lastWriteSeconds: h.lastWrite ? h.lastWrite.lastWriteDate.getTime() / 1000 : undefined }))';

/** A replica set by its members' own words, a single server by its answer, ours by what its users say of it. */
export async function mongoState(context: CheckContext, drawn: DrawnStore): Promise<StoreVerdict> {
  const [first] = drawn.members;
  if (!first?.image.programs.includes('mongosh')) return seenByUsers(context, drawn);
  const answers = await Promise.all(
    drawn.running
      .map(async ({ id }) => {
        const captured = await context.capture(id, ['mongosh', '--quiet', '--eval', HELLO]);
        if (captured.exitCode !== 0) throw new Error(`${id}: ${whyOf(captured)}`);
        return { id, hello: JSON.parse(captured.stdout.trim().split('\n').at(-1) ?? '') as Hello };
      })
      .map((asked) => asked.catch((error: unknown) => reasonOf(error))),
  );
  const heard = answers.filter((answer) => typeof answer !== 'string');
  const silent = answers.filter((answer) => typeof answer === 'string');
  if (drawn.members.length === 1) {
    const [only] = heard;
    if (!only) return { verdict: 'unknown', detail: silent[0] ?? 'it is not running' };
    const good = only.hello.isWritablePrimary === true;
    return { verdict: good ? 'ok' : 'failed', detail: good ? 'takes writes' : 'takes no writes' };
  }
  return replicaSetVerdict(drawn, heard, silent);
}

function replicaSetVerdict(
  { store, members, running }: DrawnStore,
  heard: readonly { readonly id: string; readonly hello: Hello }[],
  silent: readonly string[],
): StoreVerdict {
  const primaries = heard.filter(({ hello }) => hello.isWritablePrimary);
  const secondaries = heard.filter(({ hello }) => hello.secondary);
  const neither = heard.filter(({ hello }) => !hello.isWritablePrimary && !hello.secondary);
  const hosts = members.map(({ name }) => `${name}:${store.port}`).sort();
  const others = heard.filter(({ hello }) => (hello.hosts ?? []).toSorted().join() !== hosts.join());
  const writes = heard.flatMap(({ hello }) => hello.lastWriteSeconds ?? []);
  const lag = writes.length > 1 ? Math.round(Math.max(...writes) - Math.min(...writes)) : 0;
  const detail = [
    `${primaries.length} primary, ${secondaries.length} secondaries of ${members.length} members, ${lag} s behind at most`,
    ...neither.map(({ id }) => `${id} is neither`),
    ...others.map(({ id }) => `${id} knows other members`),
    ...silent,
  ].join('; ');
  const wrong = primaries.length > 1 || neither.length > 0 || others.length > 0 || lag > MOST_LAG_SECONDS;
  if (wrong || running.length < members.length) return { verdict: 'failed', detail };
  if (silent.length > 0) return { verdict: 'unknown', detail };
  return { verdict: primaries.length === 1 ? 'ok' : 'failed', detail };
}

/** Our own server has no shell: the first user of it that answers tells whether its pings get through. */
async function seenByUsers(context: CheckContext, { store }: DrawnStore): Promise<StoreVerdict> {
  const users = context.system.services.filter(
    ({ kind, uses, image }) =>
      kind === 'service' && image.ours && uses.some((use) => use.store === store.name),
  );
  const instances = context.status.instances.filter(({ service }) =>
    users.some(({ name }) => name === service),
  );
  const [user] = users;
  const first = instances.find(({ service }) => service === user?.name);
  if (!user || !first) return { verdict: 'unknown', detail: 'nobody who uses it is running' };
  const port = await portOf(context, first, user, user.port);
  const ofUser = instances.filter(({ service }) => service === user.name);
  const { instance, answer } = await askAny(context, ofUser, port, '/health');
  const { dependencies } = JSON.parse(answer.body) as {
    readonly dependencies?: Readonly<Record<string, string>>;
  };
  const said = dependencies?.mongodb;
  const detail = `${instance.id} finds it ${said ?? 'not worth a word'}`;
  if (said === undefined || said === 'unknown') return { verdict: 'unknown', detail };
  return { verdict: said === 'healthy' ? 'ok' : 'failed', detail };
}
