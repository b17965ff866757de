import type { Anchoring } from '@lucid/contracts';
import {
  eventually,
  startDns,
  startTestMongo,
  TestIdentities,
  type TestMongo,
  type TinyDns,
  temporaryFolder,
} from '@lucid/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { type RunningService, spawnAnchoring, spawnEngine } from './running-services.ts';
import { ANCHORING, requestMaker } from './support.ts';

const identities = new TestIdentities();
const folder = temporaryFolder('anchoring');
// Known to the services from their start: they read the list of keys now and then only.
for (const caller of ['lucid-session-pipeline', 'lucid-session-api', 'lucid-api-gateway'])
  identities.pemOf(caller);
const maker = requestMaker('integration');
let mongo: TestMongo;
let dns: TinyDns;
let engine: RunningService;
let anchoring: RunningService;

beforeAll(async () => {
  mongo = await startTestMongo();
  dns = await startDns();
  const around = { identities, dns: dns.address, mongoUri: mongo.uri('lucid_blocks'), folder: folder.path };
  engine = await spawnEngine(around);
  anchoring = await spawnAnchoring(around, engine.port);
  await Promise.all([engine.ready(), anchoring.ready()]);
}, 90_000);
afterAll(async () => {
  if (process.env.SHOW_OUTPUT) process.stdout.write(`${engine.output()}${anchoring.output()}`);
  await anchoring?.stop();
  await engine?.stop();
  await mongo?.close();
  await dns?.close();
  folder.remove();
  identities[Symbol.dispose]();
});

const asPipeline = () => identities.headers('lucid-session-pipeline', ANCHORING);
const asUser = (id: string) => identities.headers('lucid-api-gateway', ANCHORING, { id, role: 'user' });

async function post(path: string, body: unknown, headers: Record<string, string>, url = anchoring.url) {
  const answer = await fetch(`${url}/api/v1${path}`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: answer.status, body: (await answer.json()) as never };
}

async function current(sessionId: string, url = anchoring.url): Promise<Anchoring> {
  const answer = await fetch(`${url}/api/v1/anchoring/session/${sessionId}`, {
    headers: await asPipeline(),
  });
  return (await answer.json()) as Anchoring;
}

test('a session is anchored, final after six blocks, and verifies', { timeout: 40_000 }, async () => {
  const request = maker.request();
  const first = await post('/anchoring/session', request, await asPipeline());
  expect([first.status, first.body]).toMatchObject([202, { status: 'pending', attempts: 0 }]);
  await eventually('it is picked up', async () => (await current(request.session_id)).attempts === 1, {
    pauseMs: 5,
  });
  const confirmed = await eventually('it is confirmed', async () => {
    const now = await current(request.session_id);
    return now.status === 'confirmed' ? now : undefined;
  });
  const verified = await post(
    '/anchoring/verify',
    { session_id: request.session_id, merkle_root: request.merkle_root },
    await asUser(request.user_id),
  );
  expect(verified.body).toMatchObject({
    verified: true,
    merkle_proof_valid: true,
    block_height: confirmed.block_height,
    transaction_id: confirmed.transaction_id,
  });
  await eventually('it is final', async () => (await current(request.session_id)).finalized, {
    timeoutMs: 20_000,
  });
  const again = await post('/anchoring/session', request, await asPipeline());
  expect([again.status, again.body]).toMatchObject([200, { transaction_id: confirmed.transaction_id }]);
});

test('a request is sent to the engine at once, not at the next poll', { timeout: 30_000 }, async () => {
  const around = { identities, dns: dns.address, mongoUri: mongo.uri('lucid_nudge'), folder: folder.path };
  const patient = await spawnAnchoring({ ...around, over: { ANCHORING_POLL_MS: '30000' } }, engine.port);
  try {
    await patient.ready();
    const request = maker.request();
    await post('/anchoring/session', request, await asPipeline(), patient.url);
    // `eventually` gives up long before the next poll comes round.
    await eventually(
      'it is sent',
      async () => (await current(request.session_id, patient.url)).attempts === 1,
    );
  } finally {
    await patient.stop();
  }
});
