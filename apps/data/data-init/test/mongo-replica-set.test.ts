import { silentLogger } from '@lucid/logging';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { replicaSetTask } from '../src/adapters/mongo/replica-set-task.ts';
import { converge } from '../src/converge.ts';
import type { SetConfig } from '../src/domain/mongo/observation.ts';
import { type ReplicaSetWanted, replicaSetProblems, wantedMember } from '../src/domain/mongo/wanted.ts';
import { SimulatedSet } from './support/simulated-set.ts';
import { tickingClock } from './support/ticking-clock.ts';

const HOSTS = ['primary:27017', 'secondary-1:27017', 'secondary-2:27017'];

const wish = (text: string): ReplicaSetWanted => ({
  name: 'rs0',
  members: text.split(',').map(wantedMember),
});
const three = wish('primary=2,secondary-1=1,secondary-2=1');

const configOf = ({ name, members }: ReplicaSetWanted, version = 1): SetConfig => ({
  _id: name,
  version,
  term: 1,
  members: members.map(({ host, priority }, _id) => ({
    _id,
    host,
    priority,
    votes: 1,
    tags: { dc: 'east' },
  })),
  settings: { replicaSetId: 'x', electionTimeoutMillis: 10_000 },
});

/** Runs the whole job against simulated members; a pause of the job is a moment in which they get on. */
async function run(set: SimulatedSet, wanted: ReplicaSetWanted, deadlineSeconds = 60) {
  const said: string[] = [];
  const task = replicaSetTask(set, wanted);
  const clock = tickingClock(() => set.tick());
  const describe = (action: Parameters<typeof task.describe>[0]): string => {
    const text = task.describe(action);
    said.push(text);
    return text;
  };
  const options = { clock, logger: silentLogger(), deadlineSeconds };
  const steps = await converge({ ...task, describe }, options);
  return { steps, said };
}

describe('mongo-replica-set', () => {
  test('initiates a fresh set on the member of highest priority, and has nothing to do the second time', async () => {
    const set = new SimulatedSet(HOSTS);
    expect(await run(set, three)).toEqual({ steps: 1, said: ['initiates the set on primary:27017'] });
    expect(set.config?.members.map(({ host, priority }) => `${host}=${priority}`)).toEqual([
      'primary:27017=2',
      'secondary-1:27017=1',
      'secondary-2:27017=1',
    ]);
    expect(await run(set, three)).toEqual({ steps: 0, said: [] });
  });

  test('waits for members that are still starting instead of initiating without them', async () => {
    const set = new SimulatedSet(HOSTS);
    set.member('secondary-2:27017').isUp = false;
    await expect(run(set, three, 5)).rejects.toThrow(
      'not done within 5 s: secondary-2:27017 does not answer (connect ECONNREFUSED secondary-2:27017)',
    );
    expect(set.config).toBeUndefined();
    set.member('secondary-2:27017').isUp = true;
    expect((await run(set, three)).steps).toBe(1);
  });

  test('never initiates a second set on a primary that lost its data', async () => {
    const set = new SimulatedSet(HOSTS).begin(configOf(three));
    const lost = new SimulatedSet(HOSTS);
    const mixed = Object.assign(Object.create(set) as SimulatedSet, {
      hello: (host: string) => (host === 'primary:27017' ? lost.hello(host) : set.hello(host)),
    });
    set.member('primary:27017').isUp = false;
    set.member('secondary-1:27017').isUp = false;
    set.tick();
    await expect(run(mixed, three, 5)).rejects.toThrow('the set has no primary');
    expect(set.history.length).toBe(1);
  });

  test('changes differing priorities in one reconfiguration, and keeps every other field', async () => {
    const set = new SimulatedSet(HOSTS).begin(configOf(wish('primary=1,secondary-1=5,secondary-2=1'), 7));
    const { said } = await run(set, three);
    expect(said).toEqual([
      'version 8 of the configuration sets the priority of primary:27017 to 2, the priority of secondary-1:27017 to 1',
    ]);
    expect(set.config).toEqual({ ...configOf(three, 8), members: configOf(three).members });
    set.tick();
    expect(set.primary).toBe('primary:27017');
  });

  test('adds members one at a time, each after the one before has copied the data', async () => {
    const hosts = [...HOSTS, 'fourth:27017', 'fifth:27017'];
    const set = new SimulatedSet(hosts).begin(configOf(three));
    const { said } = await run(set, wish('primary=2,secondary-1=1,secondary-2=1,fourth=1,fifth=0'));
    expect(said).toEqual([
      'version 2 of the configuration adds fourth:27017 with priority 1',
      'version 3 of the configuration adds fifth:27017 with priority 0',
    ]);
    expect(set.config?.members.map(({ _id }) => _id)).toEqual([0, 1, 2, 3, 4]);
  });

  test('replaces a dead member: first the new one, then the dead one goes', async () => {
    const set = new SimulatedSet([...HOSTS, 'new:27017']).begin(configOf(three));
    set.member('secondary-2:27017').isUp = false;
    const { said } = await run(set, wish('primary=2,secondary-1=1,new=1'));
    expect(said).toEqual([
      'version 2 of the configuration adds new:27017 with priority 1',
      'version 3 of the configuration removes secondary-2:27017',
    ]);
  });

  test('lets a primary that shall leave yield first', async () => {
    const set = new SimulatedSet(HOSTS).begin(configOf(three));
    const { said } = await run(set, wish('secondary-1=1,secondary-2=1'));
    expect(said).toEqual([
      'version 2 of the configuration sets the priority of primary:27017 to 0.01',
      'version 3 of the configuration removes primary:27017',
    ]);
    expect(set.primary).toBe('secondary-1:27017');
  });

  test('refuses to remove a majority', async () => {
    const set = new SimulatedSet([...HOSTS, 'a:27017', 'b:27017']).begin(configOf(three));
    await expect(run(set, wish('primary=2,a=1,b=1'))).rejects.toThrow(
      'only 1 of the 3 voting members of the set are wanted: that would remove a majority',
    );
    expect(set.history.length).toBe(1);
  });

  test('says when the password is not the one of the data', async () => {
    const set = new SimulatedSet(HOSTS, { given: 'wrong' });
    await expect(run(set, three)).rejects.toThrow(
      /^primary:27017 refuses the login \(Authentication failed\.\): is the password/,
    );
    set.begin(configOf(three));
    await expect(run(set, three)).rejects.toThrow('refuses the login');
  });

  test('says when a secondary has users of its own: it must not have been given a root user', async () => {
    const set = new SimulatedSet(HOSTS);
    set.member('secondary-1:27017').hasRootUser = true;
    await expect(run(set, three)).rejects.toThrow(
      "initiates the set on primary:27017: the server refuses: 'secondary-1:27017' has data already, cannot initiate set.",
    );
  });

  test('refuses a mongod without --replSet, and one of another set', async () => {
    const plain = new SimulatedSet(HOSTS);
    plain.member('secondary-1:27017').isStandalone = true;
    await expect(run(plain, three)).rejects.toThrow('secondary-1:27017 runs without --replSet rs0');
    const other = new SimulatedSet(HOSTS).begin(configOf({ ...three, name: 'rs7' }));
    await expect(run(other, three)).rejects.toThrow('primary:27017 is in the set rs7, not rs0');
  });

  test('waits while there is no primary, and while a member is unwell', async () => {
    const set = new SimulatedSet(HOSTS).begin(configOf(three));
    set.member('primary:27017').isUp = false;
    set.member('secondary-1:27017').isUp = false;
    set.tick();
    await expect(run(set, three, 5)).rejects.toThrow('the set has no primary; primary:27017 does not answer');
    set.member('primary:27017').isUp = true;
    set.tick();
    await expect(run(set, three, 5)).rejects.toThrow(
      'secondary-1:27017 does not answer (connect ECONNREFUSED',
    );
  });

  test('reads members as the model writes them, and names every mistake', () => {
    expect(three.members[0]).toEqual({ host: 'primary:27017', priority: 2 });
    expect(replicaSetProblems(three)).toEqual([]);
    expect(replicaSetProblems(wish('a=0,b=0'))).toEqual(['gives no member a priority above 0']);
    expect(replicaSetProblems(wish('a=x,a:27017,b c'))).toEqual([
      'must be host:port=priority',
      'has a priority that is not a whole number from 0 to 1000',
      'names a member twice',
    ]);
  });
});

const pool = Array.from({ length: 9 }, (_unused, index) => `m${index}:27017`);
const someMembers = (max: number) =>
  fc
    .uniqueArray(fc.record({ host: fc.constantFrom(...pool), priority: fc.integer({ min: 0, max: 5 }) }), {
      minLength: 1,
      maxLength: max,
      selector: ({ host }) => host,
    })
    .filter((members) => members.some(({ priority }) => priority > 0));

describe('from any set to any other', () => {
  test('it ends, done or refused, never drops a majority, and changes one vote at a time', async () => {
    await fc.assert(
      fc.asyncProperty(someMembers(7), someMembers(7), async (before, after) => {
        const wanted = { name: 'rs0', members: after };
        const set = new SimulatedSet(pool).begin(configOf({ name: 'rs0', members: before }));
        for (const host of pool) set.member(host).hasRootUser = before.some((member) => member.host === host);
        set.tick();
        const kept = before.filter(({ host }) => after.some((member) => member.host === host)).length;
        fc.pre(kept > 0); // of a set that none of the wanted members knows, the job cannot know either
        const isRefused = kept * 2 <= before.length;
        if (isRefused) {
          await expect(run(set, wanted)).rejects.toThrow('that would remove a majority');
          expect(set.history.length).toBe(1);
          return;
        }
        await run(set, wanted);
        const shape = (members: ReadonlyArray<{ host: string; priority: number }>) =>
          members.map(({ host, priority }) => `${host}=${priority}`).sort();
        expect(shape(set.config?.members ?? [])).toEqual(shape(after));
        expect(await run(set, wanted)).toEqual({ steps: 0, said: [] });
        for (const [index, config] of set.history.slice(1).entries()) {
          const previous = set.history[index]?.members ?? [];
          const stayed = previous.filter(({ host }) => config.members.some((it) => it.host === host)).length;
          expect(stayed * 2).toBeGreaterThan(previous.length);
          expect(config.version).toBe((set.history[index]?.version ?? 0) + 1);
        }
      }),
      { numRuns: 300 },
    );
  });
});
