import { randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Anchoring, BodyOf, ReplyOf, sessionAnchoring } from '@lucid/contracts';
import { eventually, startDns, startTestMongo, TestIdentities, temporaryFolder } from '@lucid/testing';
import { expect, test } from 'vitest';
import type { AnchoringRequest } from '../src/domain/anchoring-document.ts';

import { type RunningService, spawnAnchoring, spawnEngine } from './running-services.ts';
import { ANCHORING, requestMaker } from './support.ts';

type Endpoints = (typeof sessionAnchoring)['endpoints'];
type Evidence = ReplyOf<Endpoints['sessionEvidence']>;
type Report = ReplyOf<Endpoints['verifyAnchoring']>;

const SEED = Number(process.env.LUCID_TEST_SEED ?? randomInt(1_000_000));
const KILLS = Number(process.env.LUCID_TEST_KILLS ?? 5);
const SESSIONS = 3;
const PATIENCE = { timeoutMs: 120_000, pauseMs: 100 };

test(`with both services killed at random while checkpoints are written, rows have no gap and every session verifies (LUCID_TEST_SEED=${SEED})`, {
  timeout: 300_000,
}, async () => {
  console.log(`seed ${SEED}`);
  using identities = new TestIdentities();
  for (const caller of ['lucid-session-pipeline', 'lucid-api-gateway']) identities.pemOf(caller);
  using folder = temporaryFolder('anchoring-kill-checkpoints');
  const maker = requestMaker(SEED);
  await using mongo = await startTestMongo();
  const dns = await startDns();
  const around = {
    identities,
    dns: dns.address,
    mongoUri: mongo.uri('lucid_kill_live'),
    folder: folder.path,
  };
  let engine = await spawnEngine(around);
  let anchoring = await spawnAnchoring(around, engine.port);
  const again = (service: RunningService) => ({ ...around, over: { PORT: String(service.port) } });

  /** @returns the answer of a call that was answered, undefined when the service was just being killed */
  const call = async <Body>(path: string, headers: Record<string, string>, body?: unknown) => {
    try {
      const answer = await fetch(`${anchoring.url}/api/v1/anchoring${path}`, {
        method: body === undefined ? 'GET' : 'POST',
        headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return answer.ok ? ((await answer.json()) as Body) : undefined;
    } catch {
      return undefined; // asked again
    }
  };
  const asPipeline = () => identities.headers('lucid-session-pipeline', ANCHORING);
  const put = async (session: AnchoringRequest, chunks: number) => {
    const { session_id, ...body } = maker.checkpoint(session, chunks);
    return call(`/session/${session_id}/checkpoints`, await asPipeline(), body);
  };

  try {
    await Promise.all([engine.ready(), anchoring.ready()]);
    const sessions = Array.from({ length: SESSIONS }, () => maker.request({ chunk_count: 1000 }));
    let kills = 0;
    let hasEnded = false;
    /** As the pipeline does: a little more is stored each time, and told again and again until it is taken. */
    const record = async (session: AnchoringRequest): Promise<number> => {
      let told = 0;
      for (let chunks = 0; !hasEnded || told < 2; chunks++) {
        await eventually('a checkpoint is taken', () => put(session, chunks), PATIENCE);
        told += 1;
        await delay(50);
      }
      return told;
    };
    const recording = Promise.all(sessions.map(record));
    for (; kills < KILLS; kills++) {
      await delay(maker.random.fraction() * 1500);
      const isEngine = maker.random.fraction() < 0.5;
      await (isEngine ? engine : anchoring).stop('SIGKILL');
      if (isEngine) engine = await spawnEngine(again(engine));
      else anchoring = await spawnAnchoring(again(anchoring), engine.port);
      await (isEngine ? engine : anchoring).ready();
    }
    hasEnded = true;
    await recording;
    for (const session of sessions) {
      const { session_id, merkle_root, user_id } = session;
      const confirmed = await eventually(
        'it is confirmed',
        async () => {
          const now = await call<Anchoring>('/session', await asPipeline(), session);
          return now?.status === 'confirmed' ? now : undefined;
        },
        PATIENCE,
      );
      const count = confirmed.checkpoints?.count ?? 0;
      expect(count).toBeGreaterThanOrEqual(1);
      const asUser = await identities.headers('lucid-api-gateway', ANCHORING, { id: user_id, role: 'user' });
      const evidence = await call<Evidence>(`/session/${session_id}/evidence?limit=100`, asUser);
      expect(evidence).toMatchObject({ finished: true, holds: true, total: count });
      expect(evidence?.checkpoints.map(({ sequence }) => sequence)).toEqual(
        Array.from({ length: count }, (_none, index) => index + 1),
      );
      expect(evidence?.checkpoints.at(-1)?.tx_hash).toBe(confirmed.checkpoints?.last);
      const asked: BodyOf<Endpoints['verifyAnchoring']> = { session_id, merkle_root };
      const report = await call<Report>('/verify', asUser, asked);
      expect(report).toMatchObject({ verified: true });
      expect(report?.steps).toContainEqual({ step: 'checkpoints', status: 'passed' });
      console.log(`${count} checkpoints on the chain`);
    }
  } finally {
    await anchoring.stop('SIGKILL');
    await engine.stop('SIGKILL');
    await dns.close();
  }
});
