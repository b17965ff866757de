import { type Endpoint, sessionAnchoring } from '@lucid/contracts';
import { canonicalHash, signHash } from '@lucid/ledger';
import { describe, expect, test } from 'vitest';
import { GATEWAY, MAX_WAITING, STRANGER, servedAnchoring, UNKNOWN } from './served.ts';
import { ANCHORING, anchoringKey, manifestKey, requestMaker } from './support.ts';

const maker = requestMaker('contract');
const api = servedAnchoring('anchoring_contract', maker);

const guarded = Object.entries<Endpoint>(sessionAnchoring.endpoints).filter(
  ([, { access }]) => access !== 'public' && access !== 'open',
);

describe.each(guarded)('%s', (_name, { method, path, access }) => {
  const url = path.replace(/:[a-z_]+/g, UNKNOWN);
  const payload = method === 'POST' ? '{"not":"it"' : undefined;

  test('answers 401 without a token and to a forged one, before it looks at anything else', async () => {
    for (const headers of [{}, { authorization: 'Bearer eyJhbGciOiJub25lIn0.eyJpc3MiOiJ4In0.' }])
      expect((await api.call(method, url, headers, payload)).status).toBe(401);
  });

  test('answers 403 to a service that the topology does not let call', async () => {
    const headers = await api.identities.headers(STRANGER, ANCHORING);
    expect((await api.call(method, url, headers)).code).toBe('LUCID_ERR_2020');
  });

  test('takes no call from outside for that of a service', async () => {
    const headers = {
      ...(await api.identities.headers(GATEWAY, ANCHORING)),
      'x-user-id': 'nobody',
      'x-user-role': 'admin',
    };
    expect((await api.call(method, url, headers)).status).toBe(access === 'service' ? 403 : 401);
  });
});

describe('asking for an anchor', () => {
  test('is accepted at once, wakes the worker, and is the same however often', async () => {
    const asked = maker.request();
    const before = api.nudges;
    const first = await api.anchor(asked);
    expect(first).toMatchObject({
      status: 202,
      body: { status: 'pending', user_id: asked.user_id, finalized: false },
    });
    expect(api.nudges).toBe(before + 1);
    const again = await api.anchor(asked);
    expect([again.status, again.body]).toEqual([202, first.body]);
  });

  test('with another root, manifest or owner is a conflict', async () => {
    const asked = maker.request();
    await api.anchor(asked);
    const other = 'ab'.repeat(32);
    const resigned = { manifest_hash: other, manifest_signature: signHash(other, manifestKey) };
    for (const over of [{ merkle_root: other }, resigned, { owner_ref: other }])
      expect(await api.anchor({ ...asked, ...over })).toMatchObject({ status: 409, code: 'LUCID_ERR_6402' });
  });

  test('is for whoever has signed: the user, or else the key of the manifest', async () => {
    const asked = maker.request();
    const { manifest_signature: _none, ...unsigned } = asked;
    const statement = canonicalHash({
      session_id: asked.session_id,
      merkle_root: asked.merkle_root,
      manifest_hash: asked.manifest_hash,
    });
    const byUser = {
      ...unsigned,
      user_signature: signHash(statement, anchoringKey),
      user_public_key: anchoringKey.publicKey,
    };
    for (const refused of [
      unsigned,
      { ...asked, manifest_signature: signHash(asked.manifest_hash, anchoringKey) },
      { ...byUser, user_public_key: manifestKey.publicKey },
      { ...byUser, merkle_root: 'ab'.repeat(32) },
      { ...byUser, user_public_key: undefined },
      { ...asked, user_signature: byUser.user_signature, user_public_key: manifestKey.publicKey },
    ])
      expect(await api.anchor(refused)).toMatchObject({ status: 400, code: 'LUCID_ERR_6407' });
    expect((await api.anchor(byUser)).status).toBe(202);
  });

  test('in another form is refused', async () => {
    const good = maker.request();
    const bad = [
      ...Object.keys(good).map((name) => ({ ...good, [name]: undefined })),
      ...Object.keys(good).map((name) => ({ ...good, [name]: 'x' })),
      { ...good, chunk_count: 0 },
      { ...good, chunk_count: 1.5 },
      { ...good, total_size: -1 },
      { ...good, merkle_root: good.merkle_root.toUpperCase().replace(/\d/g, 'A') },
      { ...good, surprise: 1 },
      '[]',
      'no json',
      '',
    ];
    for (const body of bad) expect([body, (await api.anchor(body)).status]).toEqual([body, 400]);
  });

  test('spells the day as the chain does', async () => {
    const asked = maker.request({ created_at: '2026-01-02T04:04:05+01:00' });
    await api.anchor(asked);
    expect((await api.anchorings.find(asked.session_id))?.created_at).toBe('2026-01-02T03:04:05.000Z');
    expect((await api.anchor({ ...asked, created_at: '2026-01-02T03:04:05.000Z' })).status).toBe(202);
  });
});

describe('looking at an anchoring', () => {
  test('is for its owner and for services; to others there is nothing', async () => {
    const asked = maker.request();
    await api.anchor(asked);
    const url = `/api/v1/anchoring/session/${asked.session_id}`;
    expect((await api.call('GET', url, await api.asUser(asked.user_id))).status).toBe(200);
    expect((await api.call('GET', url, await api.asService())).status).toBe(200);
    const foreign = await api.call('GET', url, await api.asUser(maker.random.uuid()));
    const unknown = await api.call(
      'GET',
      `/api/v1/anchoring/session/${UNKNOWN}`,
      await api.asUser(asked.user_id),
    );
    for (const answer of [foreign, unknown])
      expect([answer.status, answer.code]).toEqual([404, 'LUCID_ERR_6401']);
    expect((await api.call('GET', '/api/v1/anchoring/session/x', await api.asService())).status).toBe(400);
  });
});

test('an engine that does not answer shows in the counters', async () => {
  api.engine.isAnswering = false;
  expect(await api.call('GET', '/api/v1/anchoring/status', {})).toMatchObject({ body: { status: 'error' } });
  api.engine.isAnswering = true;
});

test('the counters are open, and a full queue refuses what is new', async () => {
  const status = await api.call('GET', '/api/v1/anchoring/status', {});
  expect(status).toMatchObject({ status: 200, body: { status: 'busy', processing: 0, completed_today: 0 } });
  const answers = [];
  for (let n = 0; n < MAX_WAITING; n++) answers.push(await api.anchor(maker.request()));
  expect(answers.at(-1)).toMatchObject({ status: 503, code: 'LUCID_ERR_6403' });
});
