import { describe, expect, it } from 'vitest';
import { exitCodeOf, inclusionOf, PROOF_STEPS, verifyBundle } from '../src/index.ts';
import { aProofBundle } from '../src/testing.ts';

const fixture = aProofBundle();
const { bundle, chunkFiles, genesisHash } = fixture;
const text = JSON.stringify(bundle);

async function* inPieces(bytes: Buffer) {
  for (let at = 0; at < bytes.length; at += 100) yield bytes.subarray(at, at + 100);
}

describe('verifying a bundle', () => {
  it('passes every step of a true proof, from text, bytes and value', async () => {
    for (const candidate of [text, Buffer.from(text), JSON.parse(text), bundle]) {
      const report = await verifyBundle(candidate, { chunks: chunkFiles, pinnedGenesisHash: genesisHash });
      expect(report).toMatchObject({ ok: true, complete: true, failed_step: null, exit_code: 0 });
      expect(report.steps.map(({ step, status, ok }) => [step, status, ok])).toEqual(
        PROOF_STEPS.map((step) => [step, 'passed', true]),
      );
    }
  });

  it('takes chunk files as streams and as hashes', async () => {
    const streams = [...chunkFiles].map(([n, file]) => [n, inPieces(file)] as const);
    expect(await verifyBundle(text, { chunks: streams })).toMatchObject({ ok: true, complete: true });
    const chunkHashes = bundle.manifest.chunks.map((chunk) => [chunk.index, chunk.chunk_hash] as const);
    expect(await verifyBundle(text, { chunkHashes })).toMatchObject({ ok: true, complete: true });
  });

  it('says that it did not check the chunks when there are none to check', async () => {
    const report = await verifyBundle(text, { pinnedGenesisHash: genesisHash });
    expect(report).toMatchObject({ ok: true, complete: false, exit_code: 0 });
    const unchecked = report.steps.filter(({ status }) => status !== 'passed');
    expect(unchecked.map(({ step, status }) => [step, status])).toEqual([
      ['chunk_hashes', 'not_checked'],
      ['chunk_set', 'not_checked'],
    ]);
  });

  it('holds for one chunk and for many, alone in a block and among others', async () => {
    for (const [chunkCount, otherTransactions] of [[1, 0] as const, [2, 1] as const, [17, 12] as const]) {
      const one = aProofBundle({ chunkCount, otherTransactions, plainBytesPerChunk: 50, seed: chunkCount });
      const options = { chunks: one.chunkFiles, pinnedGenesisHash: one.genesisHash };
      expect(await verifyBundle(one.bundle, options)).toMatchObject({ ok: true, complete: true });
    }
  });

  it('skips what an earlier failure leaves without ground, and says why', async () => {
    const nothing = await verifyBundle('{', { chunks: chunkFiles });
    expect(
      nothing.steps
        .slice(1)
        .every(({ status, detail }) => status === 'skipped' && detail === 'bundle_format failed'),
    ).toBe(true);
    const changed = { ...bundle, manifest: { ...bundle.manifest, recorder_version: '9' } };
    const report = await verifyBundle(changed);
    expect(report.steps.filter(({ status }) => status === 'skipped')).toEqual([
      { step: 'manifest_signature', status: 'skipped', ok: false, detail: 'manifest_hash failed' },
      { step: 'anchor_transaction', status: 'skipped', ok: false, detail: 'manifest_hash failed' },
      { step: 'checkpoints', status: 'skipped', ok: false, detail: 'manifest_hash failed' },
    ]);
  });

  it('never reads chunk files for a bundle that is none', async () => {
    const chunks = [[1, { [Symbol.asyncIterator]: () => expect.fail('was read') }]] as const;
    expect((await verifyBundle('', { chunks })).failed_step).toBe('bundle_format');
  });

  it('has one exit code per step, from 10 to 23', () => {
    expect(PROOF_STEPS.map(exitCodeOf)).toEqual([10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23]);
    expect(exitCodeOf(undefined)).toBe(0);
  });

  it('proves any transaction of a block', () => {
    const [first] = fixture.transactions;
    expect(inclusionOf(first?.tx_id ?? '', fixture.transactions)).toMatchObject({
      leaf_index: 0,
      leaf_count: 5,
    });
    expect(inclusionOf('unknown', fixture.transactions)).toBeUndefined();
  });

  it('makes the same fixture from the same seed', () => {
    expect(aProofBundle({ seed: 5 })).toEqual(aProofBundle({ seed: 5 }));
    expect(aProofBundle({ seed: 5 }).bundle.manifest_hash).not.toBe(bundle.manifest_hash);
  });
});
