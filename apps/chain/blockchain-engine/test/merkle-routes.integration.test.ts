import { buildTree, leafHash, merkleRoot, verifyProof } from '@lucid/merkle';
import { describe, expect, test } from 'vitest';
import { LeafFiles } from '../src/adapters/leaf-files.ts';
import { servedEngine, UNKNOWN } from './served-engine.ts';

const engine = servedEngine('merkle');
const { get, maker, post } = engine;

describe('Merkle trees', () => {
  const hashes = Array.from({ length: 5 }, () => maker.random.bytes(32).toString('hex'));
  const session_id = maker.random.uuid();
  const build = (chunk_hashes: unknown, session: unknown = session_id) =>
    post('/merkle/build', { session_id: session, chunk_hashes });

  test('are built once per session; other hashes are a conflict', async () => {
    const first = await build(hashes);
    expect(first).toMatchObject({
      status: 201,
      body: { root_hash: merkleRoot(hashes), leaf_count: 5, tree_height: 3 },
    });
    const again = await build(hashes);
    expect([again.status, again.body]).toEqual([200, first.body]);
    expect((await build(hashes.slice(1))).code).toBe('LUCID_ERR_6302');
    expect((await build([...hashes].reverse())).code).toBe('LUCID_ERR_6302');
    const racing = maker.random.uuid();
    const answers = await Promise.all([hashes, hashes, hashes.slice(1)].map((list) => build(list, racing)));
    expect(answers.map(({ status }) => status).filter((status) => status === 409).length).toBeGreaterThan(0);
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
  });

  test('prove each leaf, by id and by root, and the proof verifies', async () => {
    const { body } = await build(hashes);
    const { tree_id, root_hash } = body as { tree_id: string; root_hash: string };
    for (const [index, hash] of hashes.entries()) {
      const proof = (await get(`/merkle/${index % 2 ? tree_id : root_hash}/proof/${index}`, 'user')).body as {
        leaf_hash: string;
      };
      expect(proof.leaf_hash).toBe(leafHash(hash));
      expect((await post('/merkle/verify', proof)).body).toMatchObject({ verified: true });
      const moved = { ...proof, leaf_index: (index + 1) % 5 };
      expect((await post('/merkle/verify', moved)).body).toMatchObject({ verified: false });
    }
    expect((await get(`/merkle/${tree_id}/proof/5`)).code).toBe('LUCID_ERR_6303');
    expect((await get(`/merkle/${root_hash}`)).body).toMatchObject({ tree_id });
  });

  test('whose file is gone or touched say so, and are whole again once built again', async () => {
    const session = maker.random.uuid();
    const { body } = await build(hashes, session);
    const { tree_id } = body as { tree_id: string };
    const files = new LeafFiles(engine.folder, maker.random);
    await files.remove(tree_id);
    expect((await get(`/merkle/${tree_id}/proof/0`)).code).toBe('LUCID_ERR_6304');
    await files.write(tree_id, buildTree(hashes.slice(1)).levels.slice(0, 1));
    expect((await get(`/merkle/${tree_id}/proof/0`)).code).toBe('LUCID_ERR_6304');
    expect((await build(hashes, session)).status).toBe(200);
    expect((await get(`/merkle/${tree_id}/proof/0`)).status).toBe(200);
  });

  test('are refused without hashes, with bad ones, or for no session', async () => {
    for (const list of [[], ['x'], ['AB'.repeat(32)], [5], 'x', undefined])
      expect((await build(list, maker.random.uuid())).status).toBe(400);
    expect((await build(hashes, 'x')).status).toBe(400);
    expect((await post('/merkle/verify', {})).status).toBe(400);
  });

  test.each([
    [`/merkle/${UNKNOWN}`, 404],
    [`/merkle/${'ab'.repeat(32)}`, 404],
    ['/merkle/x', 400],
    [`/merkle/${UNKNOWN}/proof/0`, 404],
    [`/merkle/${UNKNOWN}/proof/-1`, 400],
    [`/merkle/${UNKNOWN}/proof/x`, 400],
  ])('%s answers %i', async (path, status) => {
    expect((await get(path)).status).toBe(status);
  });
});

describe('Merkle trees', () => {
  const build = async (chunk_hashes: readonly string[], session_id = maker.random.uuid()) => ({
    session_id,
    ...(await post<{ tree_id: string; root_hash: string }>('/merkle/build', { session_id, chunk_hashes })),
  });
  const hashes = (count: number) =>
    Array.from({ length: count }, () => maker.random.bytes(32).toString('hex'));

  test.each([1, 2, 3, 7, 64, 1025])(
    'prove every kind of leaf out of their files, of %d leaves',
    async (count) => {
      const list = hashes(count);
      const { body } = await build(list);
      expect(body.root_hash).toBe(merkleRoot(list));
      for (const index of new Set(
        [0, 1, count >> 1, count - 2, count - 1].filter((at) => at >= 0 && at < count),
      )) {
        const { root_hash, ...proof } = (
          await get<{ root_hash: string } & Parameters<typeof verifyProof>[1]>(
            `/merkle/${body.tree_id}/proof/${index}`,
          )
        ).body;
        expect(verifyProof(root_hash, proof)).toBe(true);
        expect(proof.leaf_index).toBe(index);
      }
    },
  );

  test('whose upper levels are lost or touched are mended from their leaves', async () => {
    const list = hashes(100);
    const { body } = await build(list);
    const proof = await get(`/merkle/${body.tree_id}/proof/37`);
    await engine.deps.files.write(body.tree_id, [Buffer.alloc(99 * 32)], 'nodes');
    expect((await get(`/merkle/${body.tree_id}/proof/37`)).body).toEqual(proof.body);
    const { levels } = buildTree(list);
    const nodes = await engine.deps.files.nodesAt(body.tree_id, 'nodes', [0]);
    expect(nodes).toEqual([levels[1]?.toString('hex', 0, 32)]);
  });

  test('are validated as they are kept now', async () => {
    const { session_id, body } = await build(hashes(50));
    const validation = () => get(`/merkle/validation/${session_id}`);
    const facts = (structure_valid: boolean, hash_consistency: boolean, proof_verification: boolean) => ({
      tree_id: body.tree_id,
      status: proof_verification ? 'validated' : 'failed',
      structure_valid,
      hash_consistency,
      proof_verification,
    });
    expect((await validation()).body).toMatchObject(facts(true, true, true));
    await engine.deps.files.write(body.tree_id, [Buffer.alloc(50 * 32, 7)]);
    expect((await validation()).body).toMatchObject(facts(true, false, false));
    await engine.deps.files.write(body.tree_id, [Buffer.alloc(49 * 32)]);
    expect((await validation()).body).toMatchObject(facts(false, false, false));
    await engine.deps.files.remove(body.tree_id);
    expect((await validation()).body).toMatchObject(facts(false, false, false));
    expect((await get(`/merkle/validation/${maker.random.uuid()}`)).status).toBe(404);
    expect((await get('/merkle/validation/x')).status).toBe(400);
  });

  test('have a code of their own for no hashes, for one that is none, and for too many', async () => {
    expect(await build([])).toMatchObject({ status: 400, code: 'LUCID_ERR_6305' });
    expect(await build([...hashes(2), 'AB'.repeat(32)])).toMatchObject({
      status: 400,
      code: 'LUCID_ERR_6306',
      body: { error: { details: { index: 2 } } },
    });
    engine.deps.maxTreeHeight = 3;
    const low = await engine.freshApp();
    const answer = await low.inject({
      method: 'POST',
      url: '/api/v1/merkle/build',
      headers: { ...(await engine.headersOf('service')), 'content-type': 'application/json' },
      payload: JSON.stringify({ session_id: maker.random.uuid(), chunk_hashes: hashes(9) }),
    });
    expect((answer.json() as { error: { code: string } }).error.code).toBe('LUCID_ERR_6307');
    await low.close();
    engine.deps.maxTreeHeight = 20;
  });
});
