import { ZERO_HASH } from '@lucid/ledger';
import { describe, expect, test } from 'vitest';
import type { AnchoringRequest } from '../src/domain/anchoring-document.ts';
import { servedAnchoring, UNKNOWN } from './served.ts';
import { requestMaker } from './support.ts';

const maker = requestMaker('checkpoint-routes');
const api = servedAnchoring('anchoring_checkpoint_routes', maker);

describe('checkpoints', () => {
  const url = (sessionId: string, what = 'checkpoints') => `/api/v1/anchoring/session/${sessionId}/${what}`;
  const put = async (session: AnchoringRequest, chunks: number) => {
    const { session_id, ...body } = maker.checkpoint(session, chunks);
    return api.call('POST', url(session_id), await api.asService(), body);
  };

  test('are taken, and shown in order to their owner and to services alone', async () => {
    const session = maker.request();
    const first = await put(session, 0);
    expect(first).toMatchObject({ status: 202, body: { sequence: 1, status: 'pending', chunk_count: 0 } });
    expect((await put(session, 0)).body).toEqual(first.body);
    await api.confirmCheckpoints(session.session_id);
    expect(await put(session, 0)).toMatchObject({ status: 200, body: { status: 'confirmed' } });
    expect(await put(session, 3)).toMatchObject({ status: 202, body: { sequence: 2 } });
    const listed = await api.call('GET', url(session.session_id), await api.asUser(session.user_id));
    expect(listed).toMatchObject({ status: 200, body: { total: 2 } });
    const page = await api.call('GET', `${url(session.session_id)}?after=1&limit=1`, await api.asService());
    expect(page.body).toMatchObject({ checkpoints: [{ sequence: 2, chunk_count: 3 }], total: 2 });
    for (const what of ['checkpoints', 'evidence'])
      for (const [of, who] of [
        [session.session_id, maker.random.uuid()],
        [UNKNOWN, session.user_id],
      ] as const)
        expect(await api.call('GET', url(of, what), await api.asUser(who))).toMatchObject({
          status: 404,
          code: 'LUCID_ERR_6401',
        });
  });

  test('in another form, or contradicting what was told, are refused', async () => {
    const session = maker.request();
    await put(session, 2);
    const { session_id, ...good } = maker.checkpoint(session, 3);
    for (const bad of [
      {},
      { ...good, chunk_count: -1 },
      { ...good, merkle_root: 'x' },
      { ...good, merkle_root: ZERO_HASH },
      { ...good, total_size: 0 },
      { ...good, recorded_at: 'today' },
      { ...good, surprise: 1 },
    ])
      expect((await api.call('POST', url(session_id), await api.asService(), bad)).status).toBe(400);
    const other = { ...good, chunk_count: 2 };
    expect((await api.call('POST', url(session_id), await api.asService(), other)).code).toBe(
      'LUCID_ERR_6405',
    );
    await api.anchor(session);
    expect(await put(session, 4)).toMatchObject({ status: 409, code: 'LUCID_ERR_6406' });
  });

  test('of a recording that never arrived are evidence, with proofs that anybody can judge', async () => {
    const session = maker.request();
    await put(session, 0);
    await api.confirmCheckpoints(session.session_id);
    await put(session, 2);
    await api.confirmCheckpoints(session.session_id);
    const ask = async (query = '') =>
      (
        await api.call(
          'GET',
          `${url(session.session_id, 'evidence')}${query}`,
          await api.asUser(session.user_id),
        )
      ).body;
    const evidence = await ask();
    expect(evidence).toMatchObject({
      finished: false,
      anchoring_status: 'none',
      total: 2,
      holds: true,
      checkpoints: [
        { sequence: 1, chunk_count: 0, previous: ZERO_HASH, holds: true },
        { sequence: 2, chunk_count: 2, holds: true, proof: { block: { header: { height: 1 } } } },
      ],
    });
    expect(await ask('?after=1')).toMatchObject({ holds: true, checkpoints: [{ sequence: 2 }] });
    const [, second] = await api.checkpoints.list(session.session_id, 0, 2);
    const txId = second?.transaction?.tx_id ?? '';
    const proof = api.proofs.get(txId);
    if (!proof) throw new Error('unreachable');
    api.proofs.set(txId, { ...proof, block: { ...proof.block, signature: '0'.repeat(128) } });
    expect(await ask()).toMatchObject({ holds: false, checkpoints: [{ holds: true }, { holds: false }] });
    api.proofs.delete(txId);
    expect(await ask()).toMatchObject({ holds: false, checkpoints: [{ sequence: 1 }] });
    api.proofs.set(txId, proof);
    await api.anchor(session);
    expect(await ask()).toMatchObject({ finished: true, anchoring_status: 'pending', holds: true });
  });

  test('that an anchor names are judged with it', async () => {
    const session = maker.request();
    await put(session, 0);
    await api.confirmCheckpoints(session.session_id);
    const { tx_id } = await api.anchorInBlock(session);
    const judge = async () => {
      const { session_id, merkle_root, user_id } = session;
      const { body } = await api.verify({ session_id, merkle_root }, user_id);
      return (body as { steps: { step: string; status: string }[] }).steps.at(-1);
    };
    expect(api.proofs.has(tx_id)).toBe(true);
    expect(await judge()).toEqual({ step: 'checkpoints', status: 'passed' });
    const [only] = await api.checkpoints.list(session.session_id, 0, 1);
    api.proofs.delete(only?.transaction?.tx_id ?? '');
    expect(await judge()).toEqual({ step: 'checkpoints', status: 'failed' });
  });
});
