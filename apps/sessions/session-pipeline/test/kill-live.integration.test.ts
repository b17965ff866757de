import { randomInt, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { seededRandom } from '@lucid/clock';
import type { Pipeline, ReplyOf, sessionAnchoring } from '@lucid/contracts';
import { privateKeyPem, signingKeyFromSeed, ZERO_HASH } from '@lucid/ledger';
import { merkleRoot } from '@lucid/merkle';
import {
  eventually,
  freePort,
  type SpawnedService,
  spawnService,
  startDns,
  startTestMongo,
  TestIdentities,
  temporaryFolder,
  WORKSPACE_ROOT,
} from '@lucid/testing';
import { expect, it } from 'vitest';
import { API, environmentOf, NAME, path, startBody } from './support/pipeline.ts';
import { World } from './support/world.ts';

type Evidence = ReplyOf<(typeof sessionAnchoring)['endpoints']['sessionEvidence']>;
type Report = ReplyOf<(typeof sessionAnchoring)['endpoints']['verifyAnchoring']>;

const SEED = process.env.CRASH_SEEDS ?? String(randomInt(1_000_000));
const KILLS = Number(process.env.LUCID_TEST_KILLS ?? 5);
const SESSIONS = 3;
const [ANCHORING, ENGINE, GATEWAY] = [
  'lucid-session-anchoring',
  'lucid-blockchain-engine',
  'lucid-api-gateway',
];
const PATIENCE = { timeoutMs: 120_000, pauseMs: 100 };
const main = (app: string) => join(WORKSPACE_ROOT, 'apps', app, 'src/main.ts');

/** A service at a port of its own that can be killed with -9 and started again, as often as one likes. */
class Mortal {
  readonly port: number;
  #instance: Promise<SpawnedService>;
  readonly #spawn: () => Promise<SpawnedService>;

  constructor(port: number, app: string, environment: Record<string, string>) {
    this.port = port;
    this.#spawn = () => spawnService({ main: main(app), environment, port });
    this.#instance = this.#spawn();
  }

  async ready(): Promise<void> {
    await this.#instance;
  }

  async killAndStart(): Promise<void> {
    await (await this.#instance).kill();
    this.#instance = this.#spawn();
    await this.#instance;
  }

  async kill(): Promise<void> {
    await (await this.#instance).kill();
  }
}

it(`pipeline, anchoring and engine killed while checkpoints are written: every session verifies, its checkpoints are what was stored (CRASH_SEEDS=${SEED})`, {
  timeout: 400_000,
}, async () => {
  process.stdout.write(`crash seed: ${SEED}\n`);
  const random = seededRandom(SEED);
  using identities = new TestIdentities();
  for (const name of [NAME, API, ANCHORING, ENGINE, GATEWAY]) identities.pemOf(name);
  using folder = temporaryFolder('kill-live');
  await using mongo = await startTestMongo();
  await using world = new World();
  await world.start();
  const dns = await startDns();
  const [enginePort, anchoringPort, pipelinePort] = [await freePort(), await freePort(), await freePort()];
  const engineUrl = `http://${ENGINE}:${enginePort}`;
  const common = { DNS_SERVERS: dns.address };
  const engine = new Mortal(enginePort, 'chain/blockchain-engine', {
    ...identities.environment(ENGINE, [ANCHORING, NAME]),
    ...common,
    MONGODB_URI: mongo.uri('kill_live_blocks'),
    BLOCKCHAIN_VALIDATOR_KEY: '01'.repeat(32),
    BLOCKCHAIN_NODE_ID: '0a'.repeat(16),
    BLOCK_TIME_SECONDS: '1',
    DATA_DIR: folder.path,
  });
  const anchoring = new Mortal(anchoringPort, 'chain/session-anchoring', {
    ...identities.environment(ANCHORING, [NAME, API, GATEWAY]),
    ...common,
    MONGODB_URI: mongo.uri('kill_live_blocks'),
    ANCHORING_SIGNING_KEY: privateKeyPem(signingKeyFromSeed('03'.repeat(32))),
    BLOCKCHAIN_ENGINE_URL: engineUrl,
    ANCHORING_RETRY_MS: '100',
    ANCHORING_BATCH_WAIT_MS: '200',
    ANCHORING_LEASE_MS: '1000',
  });
  const pipeline = new Mortal(pipelinePort, 'sessions/session-pipeline', {
    ...environmentOf(identities, mongo.uri('kill_live')),
    ...world.environment,
    ...common,
    SESSION_ANCHORING_URL: `http://${ANCHORING}:${anchoringPort}`,
    BLOCKCHAIN_ENGINE_URL: engineUrl,
    LIVE_ANCHOR_SECONDS: '1',
    PIPELINE_LEASE_MS: '1000',
  });
  const mortals = [engine, anchoring, pipeline];

  /** Repeats a call until it is answered, as everybody does who meets a service that is just being killed. */
  const call = <Body>(
    port: number,
    url: string,
    headers: () => Promise<Record<string, string>>,
    post?: object,
  ) =>
    eventually(
      `${url} is answered`,
      async () => {
        const answer = await fetch(`http://127.0.0.1:${port}${url}`, {
          method: post ? 'POST' : 'GET',
          headers: { ...(await headers()), ...(post ? { 'content-type': 'application/json' } : {}) },
          ...(post ? { body: JSON.stringify(post) } : {}),
        });
        if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
        return (await answer.json()) as Body;
      },
      PATIENCE,
    );
  const asApi = () => identities.headers(API, NAME);
  const pipelineCall = (url: string, post?: object) => call<Pipeline>(pipelinePort, url, asApi, post);

  try {
    await Promise.all(mortals.map((mortal) => mortal.ready()));
    const sessions = Array.from({ length: SESSIONS }, () => ({ id: randomUUID(), owner_id: randomUUID() }));
    let hasEnded = false;
    const record = async ({ id, owner_id }: { id: string; owner_id: string }) => {
      await pipelineCall(path(id, '/start'), startBody({ owner_id }));
      await eventually('it records', () => world.of(id).recording, PATIENCE);
      for (let chunks = 1; !hasEnded; chunks++) {
        world.record(id, chunks);
        await delay(250);
      }
    };
    const recording = Promise.all(sessions.map(record));
    for (let kill = 0; kill < KILLS; kill++) {
      await delay(500 + random.fraction() * 2000);
      await mortals[Math.floor(random.fraction() * mortals.length)]?.killAndStart();
    }
    hasEnded = true;
    await recording;
    for (const { id, owner_id } of sessions) {
      const hashes = world.of(id).stored.map(({ chunk_hash }) => chunk_hash);
      await pipelineCall(path(id, '/stop'), {});
      await eventually(
        'it is completed',
        async () => {
          const now = await pipelineCall(path(id));
          if (now.state === 'error') throw new Error(now.error);
          return now.session_status === 'completed';
        },
        PATIENCE,
      );
      const asOwner = () => identities.headers(GATEWAY, ANCHORING, { id: owner_id, role: 'user' });
      const url = `/api/v1/anchoring/session/${id}/evidence?limit=100`;
      const evidence = await call<Evidence>(anchoringPort, url, asOwner);
      expect(evidence).toMatchObject({ finished: true, holds: true, total: evidence.checkpoints.length });
      expect(evidence.checkpoints[0]).toMatchObject({ sequence: 1, chunk_count: 0, previous: ZERO_HASH });
      for (const { chunk_count, merkle_root } of evidence.checkpoints.slice(1))
        expect(merkle_root).toBe(merkleRoot(hashes.slice(0, chunk_count)));
      const report = await call<Report>(anchoringPort, '/api/v1/anchoring/verify', asOwner, {
        session_id: id,
        merkle_root: merkleRoot(hashes),
        manifest: world.of(id).manifests[0],
      });
      expect(report.steps.map(({ status }) => status)).toEqual(Array(7).fill('passed'));
      expect(report.verified).toBe(true);
      process.stdout.write(`${evidence.total} checkpoints of ${hashes.length} chunks\n`);
    }
  } finally {
    await Promise.allSettled(mortals.map((mortal) => mortal.kill()));
    await dns.close();
  }
});
