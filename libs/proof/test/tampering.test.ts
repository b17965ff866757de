import { signManifest } from '@lucid/manifest';
import { describe, expect, it } from 'vitest';
import { exitCodeOf, PROOF_STEPS, type VerifyOptions, verifyBundle } from '../src/index.ts';
import { aForger, aProofBundle, bundleTampering, chunkTampering } from '../src/testing.ts';

const fixture = aProofBundle();
const { bundle, chunkFiles, genesisHash } = fixture;
const other = aProofBundle({ seed: 2 });
const genuine: VerifyOptions = { chunks: chunkFiles, pinnedGenesisHash: genesisHash };

describe('tampering with the chunk files', () => {
  it.each(chunkTampering(fixture, other))('%s is refused at %s', async (_what, step, chunks) => {
    const report = await verifyBundle(bundle, { ...genuine, chunks });
    expect(report).toMatchObject({ ok: false, failed_step: step, exit_code: exitCodeOf(step) });
  });
});

describe('a chunk file that cannot be read', () => {
  it('is refused at chunk_hashes', async () => {
    async function* unreadable() {
      yield Buffer.from('a beginning');
      throw new Error('disk gone');
    }
    const report = await verifyBundle(bundle, { ...genuine, chunks: [[1, unreadable()]] });
    expect(report.failed_step).toBe('chunk_hashes');
  });
});

describe('tampering with the bundle', () => {
  it.each(bundleTampering(fixture, other))('%s is refused at %s', async (_what, step, candidate) => {
    const report = await verifyBundle(candidate, { pinnedGenesisHash: genesisHash });
    expect(report).toMatchObject({ ok: false, failed_step: step, exit_code: exitCodeOf(step) });
  });

  it('covers every step', () => {
    const steps = new Set(
      [...chunkTampering(fixture, other), ...bundleTampering(fixture, other)].map(([, step]) => step),
    );
    expect(steps.size).toBe(PROOF_STEPS.length);
  });

  it('by a whole other chain is seen by the pinned hash alone', async () => {
    expect((await verifyBundle(aForger(fixture).otherChain())).ok).toBe(true);
  });

  it('by a stranger’s signature is seen by trusted keys where the anchor names no key', async () => {
    const open = aProofBundle({ anchorNamesKey: false });
    const signed = { ...open.bundle, ...signManifest(open.bundle.manifest, aForger(open).stranger) };
    expect((await verifyBundle(signed)).ok).toBe(true);
    const trustedManifestKeys = [open.keys.manifest.publicKey];
    expect((await verifyBundle(signed, { trustedManifestKeys })).failed_step).toBe('manifest_signature');
    expect((await verifyBundle(open.bundle, { trustedManifestKeys })).ok).toBe(true);
  });
});
