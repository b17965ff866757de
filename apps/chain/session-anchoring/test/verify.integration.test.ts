import type { TransactionProof } from '@lucid/contracts';
import { describe, expect, test } from 'vitest';
import type { AnchoringRequest } from '../src/domain/anchoring-document.ts';
import { aManifest } from './a-manifest.ts';
import { servedAnchoring, UNKNOWN } from './served.ts';
import { anchoringKey, requestMaker } from './support.ts';

const maker = requestMaker('verify');
const api = servedAnchoring('anchoring_verify', maker);

const STEPS = [
  'manifest_hash',
  'manifest_signature',
  'merkle_root',
  'anchor_transaction',
  'transaction_inclusion',
  'block',
  'checkpoints',
] as const;

/** The steps of a report; those that are not named were skipped. */
const stepsOf = (given: Partial<Record<(typeof STEPS)[number], string>>) =>
  STEPS.map((step) => ({ step, status: given[step] ?? 'skipped' }));

describe('verifying an anchor', () => {
  /** An anchoring whose transaction stands in a pretended chain. */
  async function anchored(over: Partial<AnchoringRequest> = {}) {
    const asked = maker.request(over);
    return { asked, ...(await api.anchorInBlock(asked)) };
  }

  test('says yes only to this root of this session in this block, with a proof that holds', async () => {
    const { asked, proof, tx_id } = await anchored();
    const { session_id, merkle_root, user_id } = asked;
    const height = proof.block.header.height;
    expect((await api.verify({ session_id, merkle_root }, user_id)).body).toEqual({
      verified: true,
      steps: stepsOf({ anchor_transaction: 'passed', transaction_inclusion: 'passed', block: 'passed' }),
      merkle_proof_valid: true,
      block_height: height,
      transaction_id: tx_id,
      confirmation_time: proof.block.header.timestamp,
    });
    const no = { verified: false, merkle_proof_valid: true };
    expect((await api.verify({ session_id, merkle_root: 'ab'.repeat(32) }, user_id)).body).toMatchObject(no);
    expect(
      (await api.verify({ session_id, merkle_root, block_height: height + 1 }, user_id)).body,
    ).toMatchObject(no);
    const other = (await anchored()).proof;
    const forgeries: [TransactionProof, boolean][] = [
      [other, true],
      [{ ...proof, transaction_count: 2 }, false],
      [{ ...proof, proof_path: other.proof_path.slice(1) }, false],
      [{ ...proof, block: { ...proof.block, signature: '0'.repeat(128) } }, true],
      [{ ...proof, validator_public_key: anchoringKey.publicKey }, true],
      [{ ...proof, certificate: { ...proof.certificate, view: proof.certificate.view + 1 } }, true],
      [{ ...proof, genesis: { ...proof.genesis, hash: 'ab'.repeat(32) } }, true],
    ];
    for (const [forged, pathHolds] of forgeries) {
      api.proofs.set(tx_id, forged);
      expect((await api.verify({ session_id, merkle_root }, user_id)).body).toMatchObject({
        verified: false,
        merkle_proof_valid: pathHolds,
      });
    }
  });

  test('judges the manifest that is handed in, step by step', async () => {
    const session_id = maker.random.uuid();
    const signed = aManifest(session_id, 3);
    const { manifest_hash, public_key, signature } = signed;
    const { asked } = await anchored({
      session_id,
      merkle_root: signed.manifest.merkle_root,
      manifest_hash,
      manifest_public_key: public_key,
      manifest_signature: signature,
    });
    const judged = async (manifest: object) => {
      const { body } = await api.verify(
        { session_id, merkle_root: asked.merkle_root, manifest },
        asked.user_id,
      );
      const { verified, steps } = body as { verified: boolean; steps: { step: string; status: string }[] };
      return [verified, ...steps.slice(0, 3).map(({ status }) => status)];
    };
    expect(await judged(signed)).toEqual([true, 'passed', 'passed', 'passed']);
    const [first, second, ...rest] = signed.manifest.chunks;
    const swapped = { ...signed.manifest, chunks: [second, first, ...rest] };
    expect(await judged({ ...signed, manifest: swapped })).toEqual([false, 'failed', 'failed', 'failed']);
    const renamed = { ...signed.manifest, generated_by: 'somebody' };
    expect(await judged({ ...signed, manifest: renamed })).toEqual([false, 'failed', 'failed', 'passed']);
    expect(await judged({ ...signed, signature: '0'.repeat(128) })).toEqual([
      false,
      'passed',
      'failed',
      'passed',
    ]);
    expect(await judged(aManifest(session_id, 3, anchoringKey))).toEqual([
      false,
      'passed',
      'failed',
      'passed',
    ]);
    expect(await judged(aManifest(maker.random.uuid(), 3))).toEqual([false, 'failed', 'passed', 'failed']);
    expect(await judged({ ...signed, manifest: {} })).toEqual([false, 'failed', 'skipped', 'skipped']);
  });

  test('says no before there is a block, and nothing at all to others', async () => {
    const asked = maker.request();
    await api.anchor(asked);
    const { session_id, merkle_root, user_id } = asked;
    expect((await api.verify({ session_id, merkle_root }, user_id)).body).toEqual({
      verified: false,
      steps: stepsOf({ anchor_transaction: 'failed' }),
      merkle_proof_valid: false,
    });
    expect((await api.verify({ session_id, merkle_root }, maker.random.uuid())).status).toBe(404);
    expect((await api.verify({ session_id: UNKNOWN, merkle_root }, user_id)).status).toBe(404);
    for (const body of [
      {},
      { session_id },
      { session_id, merkle_root: 'x' },
      { session_id, merkle_root, block_height: -1 },
    ])
      expect((await api.verify(body, user_id)).status).toBe(400);
    expect(
      (await api.call('POST', '/api/v1/anchoring/verify', await api.asService(), { session_id, merkle_root }))
        .status,
    ).toBe(401);
  });
});
