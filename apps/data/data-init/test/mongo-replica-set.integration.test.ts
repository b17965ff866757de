import { afterEach, describe, expect, test } from 'vitest';
import { runJobProcess } from './support/run-job-process.ts';
import { SimulatedSet } from './support/simulated-set.ts';
import { listenAsSet } from './support/wire-peer.ts';

const host = (index: number): string => `127.62.${process.pid % 250}.${index}:27017`;
const hosts = [host(1), host(2), host(3)];

/** The job as a process with the official driver; the members are simulated (no MongoDB can be had here). */
describe('mongo-replica-set over the wire', () => {
  const open: Array<{ close(): Promise<void> }> = [];
  afterEach(async () => {
    await Promise.all(open.splice(0).map((it) => it.close()));
  });

  const listen = async (set: SimulatedSet): Promise<SimulatedSet> => {
    open.push(await listenAsSet(set));
    return set;
  };
  const job = (environment: Record<string, string> = {}) =>
    runJobProcess({
      environment: {
        INIT_TASK: 'mongo-replica-set',
        MONGO_MEMBERS: `${hosts[0]}=2,${hosts[1]}=1,${hosts[2]}=1`,
        MONGO_USERNAME: 'lucid',
        MONGO_PASSWORD: 'right',
        INIT_DEADLINE_SECONDS: '20',
        ...environment,
      },
    });

  test('initiates three fresh members, waits until all have copied, and finds nothing to do the second time', async () => {
    const set = await listen(new SimulatedSet(hosts));
    const first = await job();
    expect(first).toMatchObject({ code: 0, stderr: '', steps: [`initiates the set on ${hosts[0]}`] });
    expect(first.messages.at(-1)).toBe('done, steps taken: 1');
    expect(set.primary).toBe(hosts[0]);
    expect(await job()).toMatchObject({ code: 0, messages: ['already right: nothing to do'] });
  });

  test('starts before its servers do, and is there when they come', async () => {
    const set = new SimulatedSet(hosts);
    const running = job();
    await listen(set);
    expect((await running).code).toBe(0);
  });

  test('adds a member and changes priorities of a set that has data', async () => {
    const set = await listen(new SimulatedSet([...hosts, host(4)]));
    expect((await job()).code).toBe(0);
    const grown = await job({ MONGO_MEMBERS: `${hosts[0]}=1,${hosts[1]}=3,${hosts[2]}=1,${host(4)}=1` });
    expect(grown.code).toBe(0);
    expect(grown.steps).toEqual([
      `version 2 of the configuration adds ${host(4)} with priority 1`,
      `version 3 of the configuration sets the priority of ${hosts[0]} to 1, the priority of ${hosts[1]} to 3`,
    ]);
    expect(set.config?.members.length).toBe(4);
  });

  test('ends with 1 and one clear line: wrong password, nobody there', async () => {
    await listen(new SimulatedSet(hosts));
    const wrong = await job({ MONGO_PASSWORD: 'wrong' });
    expect(wrong.code).toBe(1);
    expect(wrong.messages.at(-1)).toMatch(/refuses the login \(Authentication failed\.\)/);
    expect(wrong.messages.join()).not.toContain('wrong');
    await Promise.all(open.splice(0).map((it) => it.close()));
    const alone = await job({ INIT_DEADLINE_SECONDS: '4' });
    expect(alone.code).toBe(1);
    expect(alone.messages.at(-1)).toMatch(
      /^not done within 4 s: 127\.62\.\d+\.1:27017 does not answer \(.*ECONNREFUSED/,
    );
  });
});
