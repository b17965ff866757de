import { systemClock } from '@lucid/clock';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Person } from '../../src/person.ts';
import { endAll, run } from '../../src/run.ts';
import { seeded } from '../../src/seed.ts';
import { whyNoCluster } from '../src/can-run.ts';
import { Cluster, NEXT, START_WITHIN_MS } from '../src/cluster.ts';
import { type Outcome, prove, underLoad } from '../src/load.ts';
import { tableOf, writeResult } from '../src/report.ts';
import { SteadyTraffic } from '../src/steady-traffic.ts';

const UPDATED = ['api-gateway', 'session-recorder', 'chunk-processor'];
const EVENT_WITHIN_MS = 600_000;
/** A node is told dead after three heartbeats; until then a request may wait at it. Later ones must find their way. */
const NOTICED_WITHIN_MS = 20_000;
const CUT_MS = 40_000;

const skipReason = await whyNoCluster();
if (skipReason !== undefined) it('Lucid survives on a Swarm', (test) => test.skip(skipReason));

describe.skipIf(skipReason !== undefined)('Lucid on three Swarm nodes, while people record', () => {
  const { seed } = seeded('swarm');
  const startedMs = systemClock.monotonicMs();
  const say = (line: string) =>
    console.log(`swarm ${((systemClock.monotonicMs() - startedMs) / 1000).toFixed(0)} s: ${line}`);
  const outcomes: Outcome[] = [];
  let cluster: Cluster;
  let ada: Person;
  let traffic: SteadyTraffic | undefined;

  beforeAll(async () => {
    cluster = await Cluster.start(say);
    say('everything is up');
    await cluster.makeNextImages(UPDATED);
  }, START_WITHIN_MS);

  afterAll(async () => {
    await traffic?.stop();
    await endAll();
    await cluster?.end();
    if (outcomes.length === 0) return;
    console.log(`${tableOf(outcomes)}\nwritten to ${writeResult(outcomes, seed)}`);
  }, 180_000);

  /** Everything that must be true after an event, whatever it was. */
  async function survives(
    event: string,
    happen: () => Promise<number | undefined>,
    recordings?: number,
  ): Promise<Outcome> {
    if (traffic === undefined) throw new Error('nobody asks');
    const load = { person: ada, folder: cluster.folder.path, traffic, seed: seed + outcomes.length * 100 };
    const { outcome, jobs } = await underLoad(event, recordings ? { ...load, recordings } : load, happen);
    outcomes.push(outcome);
    for (const job of jobs) {
      await prove(ada, job, cluster.folder.path);
      outcome.verified += 1;
    }
    say(
      `${event}: ${outcome.verified} recordings verified, ${outcome.traffic.failures.length} requests failed`,
    );
    expect(outcome.gaveUp, 'no command gives up').toEqual([]);
    return outcome;
  }

  /** Milliseconds until it is reached. */
  async function timed(work: () => Promise<unknown>): Promise<number> {
    const beganMs = systemClock.monotonicMs();
    await work();
    return Math.round(systemClock.monotonicMs() - beganMs);
  }

  it(
    'shows the whole path at each door',
    async () => {
      const bin = 'tools/cli/bin/lucid.mjs';
      const env = { LUCID_PROFILE: `${cluster.folder.path}/demo.profile.json` };
      const { code, out, err } = await run(process.execPath, [bin, 'demo', '--url', cluster.door(2)], {
        cwd: process.cwd(),
        env,
      });
      expect({ code, err: code === 0 ? '' : err + out }).toEqual({ code: 0, err: '' });
      ada = await Person.join(cluster, 'ada');
      const health = () => ({ path: '/health' });
      const sessions = () => ({ path: '/api/v1/sessions?limit=5', token: ada.profile.access_token });
      traffic = new SteadyTraffic(cluster.url, [health, sessions]);
    },
    EVENT_WITHIN_MS,
  );

  it(
    'loses no request while services are updated one after the other, and one is rolled back',
    async () => {
      const outcome = await survives('update', async () => {
        for (const service of UPDATED) {
          say(`${service} updated in ${(await timed(() => cluster.engine.update(service, NEXT))) / 1000} s`);
          expect(await cluster.runningImages(service)).toEqual(
            expect.arrayContaining([expect.stringMatching(new RegExp(`:${NEXT}$`))]),
          );
        }
        await cluster.engine.rollback('api-gateway');
        const back = await cluster.runningImages('api-gateway');
        expect(back).not.toEqual([]);
        expect(back.join()).not.toContain(NEXT);
        return timed(() => cluster.atStrength());
      });
      expect(outcome.traffic.failures).toEqual([]);
    },
    EVENT_WITHIN_MS,
  );

  it(
    'goes on when a node loses power, and takes it back',
    async () => {
      const outcome = await survives('node 3 killed', async () => {
        await cluster.swarm.killNode(3);
        const strengthMs = await timed(async () => {
          await cluster.swarm.untilStatus(3, 'down');
          say('the managers have noticed');
          await cluster.atStrength(['lucid-edge']); // its door is the node's own
        });
        await cluster.swarm.startNode(3);
        await cluster.atStrength();
        return strengthMs;
      });
      expectOnlyInFlight(outcome);
    },
    EVENT_WITHIN_MS,
  );

  it(
    'goes on when a node loses its cable for a while, and takes it back',
    async () => {
      const outcome = await survives('node 2 cut off', async () => {
        const cutMs = systemClock.monotonicMs();
        await cluster.swarm.cutNode(2);
        await cluster.swarm.untilStatus(2, 'down');
        say('the managers have noticed');
        await systemClock.sleep(Math.max(0, CUT_MS - (systemClock.monotonicMs() - cutMs))); // the length of the cut
        await cluster.swarm.healNode(2);
        return timed(async () => {
          await cluster.swarm.untilStatus(2, 'ready');
          await cluster.atStrength();
        });
      });
      expectOnlyInFlight(outcome);
    },
    EVENT_WITHIN_MS,
  );

  /** Failed is at most what was on its way to the lost node before anybody could know. */
  function expectOnlyInFlight({ traffic: { failures }, beganMs }: Outcome): void {
    expect(failures.filter(({ sentMs }) => sentMs - beganMs > NOTICED_WITHIN_MS)).toEqual([]);
  }
});
