import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { seededRandom } from '@lucid/clock';
import type { Pipeline } from '@lucid/contracts';
import {
  crashSeeds,
  eventually,
  type SpawnedService,
  spawnService,
  startTestMongo,
  TestIdentities,
  type TestMongo,
} from '@lucid/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { API, environmentOf, NAME, path, startBody } from './support/pipeline.ts';
import { World } from './support/world.ts';

const MAIN = join(import.meta.dirname, '../src/main.ts');
const KILLS = 4;
const SESSIONS = 3;
const identities = new TestIdentities();
let mongo: TestMongo;
const world = new World();

beforeAll(async () => {
  for (const name of [NAME, API]) identities.pemOf(name);
  [mongo] = await Promise.all([startTestMongo(), world.start()]);
}, 60_000);
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await mongo?.close();
  identities[Symbol.dispose]();
});

/** A pipeline that is killed with -9 again and again, when calls it makes arrive, and started again. */
class Mortal implements AsyncDisposable {
  kills = 0;
  #instance: Promise<SpawnedService>;
  readonly #spawn: () => Promise<SpawnedService>;

  constructor(seed: string) {
    const random = seededRandom(seed);
    this.#spawn = () =>
      spawnService({
        main: MAIN,
        environment: {
          ...environmentOf(identities, mongo.uri(`pipeline_crash_${process.pid}_${seed}`)),
          ...world.environment,
          PIPELINE_LEASE_MS: '1000',
        },
      });
    this.#instance = this.#spawn();
    let callsLeft = 1 + Math.floor(random.fraction() * 6);
    const onCall = () => {
      if (this.kills >= KILLS || --callsLeft !== 0) return;
      callsLeft = 1 + Math.floor(random.fraction() * 8);
      this.kills++;
      const dying = this.#instance;
      this.#instance = dying.then(async (instance) => {
        await instance.kill();
        return this.#spawn();
      });
      if (random.fraction() < 0.5) throw new Error('killed before anything was done');
    };
    for (const service of Object.values(world.services)) service.onCall = onCall;
  }

  /** Repeats the call until it is answered, as session-api and its users do. */
  call(method: 'GET' | 'POST', url: string, body?: object): Promise<Pipeline> {
    return eventually(
      `${method} ${url} is answered`,
      async () => {
        const headers = {
          ...(await identities.headers(API, '127.0.0.1')),
          ...(await identities.headers(API, NAME)),
          ...(body ? { 'content-type': 'application/json' } : {}),
        };
        const { url: base } = await this.#instance;
        const answer = await fetch(base + url, {
          method,
          headers,
          ...(body ? { body: JSON.stringify(body) } : {}),
        });
        if (answer.status !== 200) throw new Error(`${answer.status} ${await answer.text()}`);
        return (await answer.json()) as Pipeline;
      },
      { timeoutMs: 90_000 },
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await (await this.#instance).kill();
  }
}

it.each(crashSeeds())(
  'a pipeline killed with -9 between its steps completes every session once, with one manifest (seed %s)',
  async (seed) => {
    await using mortal = new Mortal(seed);
    const live = async () => {
      const session = randomUUID();
      await mortal.call('POST', path(session, '/start'), startBody());
      await eventually('it records', () => world.of(session).recording, { timeoutMs: 90_000 });
      world.record(session, 2);
      await mortal.call('POST', path(session, '/stop'));
      const done = await eventually(
        'it is completed',
        async () => {
          const now = await mortal.call('GET', path(session));
          if (now.state === 'error') throw new Error(now.error);
          return now.session_status === 'completed' ? now : undefined;
        },
        { timeoutMs: 90_000 },
      );
      const { manifests, anchoring } = world.of(session);
      expect(manifests).toHaveLength(1);
      expect(manifests[0]?.manifest.manifest_id).toBe(done.manifest_id);
      expect(anchoring?.manifest_hash).toBe(manifests[0]?.manifest_hash);
      await eventually('completion is reported', () => world.of(session).statuses.includes('completed'));
    };
    await Promise.all(Array.from({ length: SESSIONS }, live));
    expect(mortal.kills).toBe(KILLS);
    expect(world.overlaps).toEqual([]);
  },
  300_000,
);
