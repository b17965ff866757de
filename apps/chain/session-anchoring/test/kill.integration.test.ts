import { randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Anchoring } from '@lucid/contracts';
import { eventually, startDns, startTestMongo, TestIdentities, temporaryFolder } from '@lucid/testing';
import { MongoClient } from 'mongodb';
import { expect, test } from 'vitest';
import type { AnchoringRequest } from '../src/domain/anchoring-document.ts';

import { type RunningService, spawnAnchoring, spawnEngine } from './running-services.ts';
import { ANCHORING, requestMaker } from './support.ts';

const SEED = Number(process.env.LUCID_TEST_SEED ?? randomInt(1_000_000));
const KILLS = 5;

test(`with both services killed at random, each session is anchored exactly once (LUCID_TEST_SEED=${SEED})`, {
  timeout: 300_000,
}, async () => {
  console.log(`seed ${SEED}`);
  using identities = new TestIdentities();
  identities.pemOf('lucid-session-pipeline');
  using folder = temporaryFolder('anchoring-kill');
  const maker = requestMaker(SEED);
  await using mongo = await startTestMongo();
  const dns = await startDns();
  const around = { identities, dns: dns.address, mongoUri: mongo.uri('lucid_kill'), folder: folder.path };
  let engine = await spawnEngine(around);
  let anchoring = await spawnAnchoring(around, engine.port);
  const again = (service: RunningService) => ({ ...around, over: { PORT: String(service.port) } });
  const asked: AnchoringRequest[] = [];

  const ask = async (request: AnchoringRequest): Promise<Anchoring | undefined> => {
    try {
      const headers = await identities.headers('lucid-session-pipeline', ANCHORING);
      const answer = await fetch(`${anchoring.url}/api/v1/anchoring/session`, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: JSON.stringify(request),
      });
      return answer.ok ? ((await answer.json()) as Anchoring) : undefined;
    } catch {
      return undefined; // it is being killed; asked again below
    }
  };

  try {
    await Promise.all([engine.ready(), anchoring.ready()]);
    for (let kill = 0; kill < KILLS; kill++) {
      const batch = Array.from({ length: 4 }, () => maker.request());
      asked.push(...batch);
      const asking = Promise.all(batch.map(ask));
      await delay(maker.random.fraction() * 600);
      const isEngine = maker.random.fraction() < 0.5;
      await (isEngine ? engine : anchoring).stop('SIGKILL');
      if (isEngine) engine = await spawnEngine(again(engine));
      else anchoring = await spawnAnchoring(again(anchoring), engine.port);
      await asking;
      await (isEngine ? engine : anchoring).ready();
    }
    const transactions: string[] = [];
    for (const request of asked) {
      const confirmed = await eventually(
        'it is confirmed',
        async () => {
          const now = await ask(request);
          return now?.status === 'confirmed' ? now : undefined;
        },
        { timeoutMs: 120_000, pauseMs: 100 },
      );
      transactions.push(confirmed.transaction_id ?? '');
    }
    await engine.stop();
    const client = await new MongoClient(mongo.uri('lucid_kill')).connect();
    const database = client.db();
    const blocks = await database
      .collection<{ _id: number; transaction_ids: string[] }>('blocks')
      .find({ _id: { $gt: 0 } })
      .toArray();
    // What validators say of themselves comes with the time of day.
    const ofValidators = await database
      .collection<{ _id: string; type: string }>('transactions')
      .find({ type: 'system' })
      .map(({ _id }) => _id)
      .toArray();
    const onChain = blocks
      .flatMap(({ transaction_ids }) => transaction_ids)
      .filter((id) => !ofValidators.includes(id));
    await client.close();
    expect(onChain.toSorted()).toEqual(transactions.toSorted());
  } finally {
    if (process.env.SHOW_OUTPUT) process.stdout.write(`${engine.output()}${anchoring.output()}`);
    await anchoring.stop('SIGKILL');
    await engine.stop('SIGKILL');
    await dns.close();
  }
});
