import {
  type Block,
  genesisBlock,
  type SigningKey,
  signBlock,
  signHash,
  signingKeyFromSeed,
  signTransaction,
  type Transaction,
  transactionsRoot,
} from '@lucid/ledger';
import { type Manifest, signManifest } from '@lucid/manifest';
import { describe, expect, it } from 'vitest';
import {
  exitCodeOf,
  inclusionOf,
  type ProofBundle,
  type ProofStep,
  type VerifyOptions,
  verifyBundle,
} from '../src/index.ts';
import { aProofBundle } from '../src/testing.ts';

const fixture = aProofBundle();
const { bundle, chunkFiles, genesisHash, keys, transactions } = fixture;
const other = aProofBundle({ seed: 2 });
const stranger = signingKeyFromSeed('77'.repeat(32));
const genuine: VerifyOptions = { chunks: chunkFiles, pinnedGenesisHash: genesisHash };
const H = 'ab'.repeat(32);

const flipped = (file: Buffer, at: number) => {
  const copy = Buffer.from(file);
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
};
const fileOf = (n: number) => chunkFiles.get(n) ?? Buffer.alloc(0);
const withFile = (n: number, file: Buffer) => new Map(chunkFiles).set(n, file);
const withoutFile = (n: number) => new Map([...chunkFiles].filter(([number]) => number !== n));

const withManifest = (over: Partial<Manifest>): ProofBundle => ({
  ...bundle,
  manifest: { ...bundle.manifest, ...over },
});
const withChunk = (i: number, over: Partial<Manifest['chunks'][number]>) =>
  withManifest({
    chunks: bundle.manifest.chunks.map((chunk, at) => (at === i ? { ...chunk, ...over } : chunk)),
  });
/** A changed manifest, properly hashed and signed again, by anyone. */
const resignedManifest = (over: Partial<Manifest>, key: SigningKey = keys.manifest): ProofBundle => ({
  ...bundle,
  ...signManifest({ ...bundle.manifest, ...over }, key),
});
const withTransaction = (over: Partial<Transaction>): ProofBundle => ({
  ...bundle,
  anchor: { ...bundle.anchor, transaction: { ...bundle.anchor.transaction, ...over } },
});
const anchored = (over: object) => ({ ...bundle.anchor.transaction.data, ...over });
const resignedTransaction = (over: Partial<Transaction>, key = keys.anchor) =>
  withTransaction(signTransaction({ ...bundle.anchor.transaction, ...over }, key));
const withInclusion = (over: Partial<ProofBundle['anchor']['inclusion']>): ProofBundle => ({
  ...bundle,
  anchor: { ...bundle.anchor, inclusion: { ...bundle.anchor.inclusion, ...over } },
});
const withHeader = (over: Partial<Block['header']>): ProofBundle => ({
  ...bundle,
  block: { ...bundle.block, header: { ...bundle.block.header, ...over } },
});
/** A changed header, hashed and signed again, by anyone. */
const resignedBlock = (
  over: Partial<Block['header']>,
  key: SigningKey,
  from: ProofBundle = bundle,
): ProofBundle => {
  const { header, hash, signature } = signBlock({ ...from.block.header, ...over }, [], key);
  return { ...from, block: { header, hash, signature, validator_public_key: key.publicKey } };
};
const path = bundle.anchor.inclusion.proof_path;

/** The whole chain forged around a forged manifest: only the pinned genesis hash is left to see it. */
function otherChain(): ProofBundle {
  const genesis = genesisBlock({
    version: '1',
    created_at: '2026-01-01T00:00:00.000Z',
    validators: [{ validator: 'node-1', public_key: stranger.publicKey }],
  });
  return { ...resignedBlock({ genesis_hash: genesis.hash, previous_hash: genesis.hash }, stranger), genesis };
}

/** A forged anchor put into a forged block, signed by somebody who is no validator. */
function forgedAnchorAndBlock(): ProofBundle {
  const forged = resignedManifest({ codec_info: 'forged' }, stranger);
  const data = anchored({ manifest_hash: forged.manifest_hash, manifest_public_key: stranger.publicKey });
  const transaction = signTransaction({ ...bundle.anchor.transaction, data }, stranger);
  const inclusion = inclusionOf(transaction.tx_id, [transaction]);
  if (!inclusion) throw new Error('by construction');
  const anchor = { transaction, inclusion: { ...inclusion, proof_path: [] } };
  return resignedBlock({ merkle_root: transactionsRoot([transaction]), transaction_count: 1 }, stranger, {
    ...forged,
    anchor,
  });
}

async function* unreadable() {
  yield Buffer.from('a beginning');
  throw new Error('disk gone');
}

const chunkTampering: [string, ProofStep, VerifyOptions['chunks']][] = [
  ['a flipped bit in the ciphertext', 'chunk_hashes', withFile(2, flipped(fileOf(2), 500))],
  ['a flipped bit in the salt', 'chunk_hashes', withFile(1, flipped(fileOf(1), 0))],
  ['a flipped bit in the tag', 'chunk_hashes', withFile(3, flipped(fileOf(3), fileOf(3).length - 1))],
  ['a cut chunk', 'chunk_hashes', withFile(3, fileOf(3).subarray(0, -1))],
  ['an emptied chunk', 'chunk_hashes', withFile(1, Buffer.alloc(0))],
  ['a chunk of another session', 'chunk_hashes', withFile(2, other.chunkFiles.get(2) ?? Buffer.alloc(0))],
  ['a chunk that cannot be read', 'chunk_hashes', [[1, unreadable()]]],
  ['a dropped chunk', 'chunk_set', withoutFile(2)],
  ['a dropped last chunk', 'chunk_set', withoutFile(3)],
  ['no chunk at all', 'chunk_set', new Map()],
  ['an extra chunk', 'chunk_set', withFile(4, fileOf(1))],
  ['two swapped chunks', 'chunk_set', withFile(1, fileOf(2)).set(2, fileOf(1))],
  ['a replayed chunk', 'chunk_set', withFile(3, fileOf(1))],
  ['a chunk given twice', 'chunk_set', [...chunkFiles, [2, fileOf(2)]]],
];

const bundleTampering: [string, ProofStep, unknown][] = [
  ['a missing part', 'bundle_format', { ...bundle, genesis: undefined }],
  ['an unknown part', 'bundle_format', { ...bundle, note: 'trust me' }],
  ['another format', 'bundle_format', { ...bundle, format: 'lucid-prove' }],
  ['another version', 'bundle_format', { ...bundle, version: 2 }],
  ['an upper-case hash', 'bundle_format', { ...bundle, manifest_hash: bundle.manifest_hash.toUpperCase() }],
  ['a lone surrogate', 'bundle_format', withManifest({ codec_info: '\ud800' })],
  ['bytes that are no UTF-8', 'bundle_format', Buffer.from([0x7b, 0xff])],
  ['null', 'bundle_format', null],
  ['another chunk hash', 'merkle_root', withChunk(1, { chunk_hash: H })],
  ['swapped chunk hashes', 'merkle_root', withManifest({ chunks: bundle.manifest.chunks.toReversed() })],
  ['a dropped entry', 'merkle_root', withManifest({ chunks: bundle.manifest.chunks.slice(0, 2) })],
  ['another root', 'merkle_root', withManifest({ merkle_root: H })],
  ['another root, signed', 'merkle_root', resignedManifest({ merkle_root: H })],
  ['another owner', 'manifest_hash', withManifest({ owner_ref: H })],
  ['another session in the manifest', 'manifest_hash', withManifest({ session_id: other.bundle.session_id })],
  ['another time', 'manifest_hash', withManifest({ ended_at: '2026-01-02T03:00:59.000Z' })],
  ['another chunk count', 'manifest_hash', withManifest({ chunk_count: 4 })],
  ['another total size', 'manifest_hash', withManifest({ total_size: 1 })],
  ['another plain hash', 'manifest_hash', withChunk(0, { plain_hash: H })],
  ['another size of a chunk', 'manifest_hash', withChunk(0, { size: 1 })],
  ['another index', 'manifest_hash', withChunk(0, { index: 9 })],
  ['another stated manifest hash', 'manifest_hash', { ...bundle, manifest_hash: H }],
  ['a contradiction, signed', 'manifest_hash', resignedManifest({ chunk_count: 4 })],
  [
    'a stranger’s manifest signature',
    'manifest_signature',
    { ...bundle, signature: signHash(bundle.manifest_hash, stranger) },
  ],
  ['another manifest key', 'manifest_signature', { ...bundle, public_key: stranger.publicKey }],
  ['a signature of another hash', 'manifest_signature', { ...bundle, signature: signHash(H, keys.manifest) }],
  ['a changed manifest, signed by its key', 'anchor_transaction', resignedManifest({ codec_info: 'forged' })],
  ['the same manifest, signed by a stranger', 'anchor_transaction', resignedManifest({}, stranger)],
  ['another name of the bundle', 'anchor_transaction', { ...bundle, session_id: other.bundle.session_id }],
  ['another anchored count', 'anchor_transaction', withTransaction({ data: anchored({ chunk_count: 9 }) })],
  [
    'another anchored root, signed',
    'anchor_transaction',
    resignedTransaction({ data: anchored({ merkle_root: H }) }),
  ],
  ['data that is no anchor, signed', 'anchor_transaction', resignedTransaction({ data: { text: 'hello' } })],
  ['another type', 'anchor_transaction', withTransaction({ type: 'system' })],
  ['the anchor of another session', 'anchor_transaction', { ...bundle, anchor: other.bundle.anchor }],
  ['another transaction id', 'transaction_signature', withTransaction({ tx_id: other.bundle.session_id })],
  [
    'another transaction time',
    'transaction_signature',
    withTransaction({ timestamp: '2026-01-02T03:04:05.000Z' }),
  ],
  [
    'another anchoring time',
    'transaction_signature',
    withTransaction({ data: anchored({ created_at: '2026-01-02T03:04:05.000Z' }) }),
  ],
  ['another transaction key', 'transaction_signature', withTransaction({ public_key: stranger.publicKey })],
  [
    'another transaction signature',
    'transaction_signature',
    withTransaction({ signature: transactions[0]?.signature ?? '' }),
  ],
  ['a transaction signed by a stranger', 'transaction_inclusion', resignedTransaction({}, stranger)],
  [
    'a later transaction, signed',
    'transaction_inclusion',
    resignedTransaction({ timestamp: '2026-01-02T03:04:05.000Z' }),
  ],
  ['another leaf', 'transaction_inclusion', withInclusion({ leaf_hash: H })],
  ['another index of the leaf', 'transaction_inclusion', withInclusion({ leaf_index: 3 })],
  ['another count of leaves', 'transaction_inclusion', withInclusion({ leaf_count: 6 })],
  ['a shorter path', 'transaction_inclusion', withInclusion({ proof_path: path.slice(1) })],
  [
    'a turned path',
    'transaction_inclusion',
    withInclusion({ proof_path: path.map((step) => ({ ...step, position: 'left' as const })) }),
  ],
  ['another root in the header', 'transaction_inclusion', withHeader({ merkle_root: H })],
  ['another count in the header', 'transaction_inclusion', withHeader({ transaction_count: 6 })],
  ['another height', 'block_hash', withHeader({ height: 2 })],
  ['another block time', 'block_hash', withHeader({ timestamp: '2026-01-02T03:09:00.000Z' })],
  ['another validator', 'block_hash', withHeader({ validator: 'node-2' })],
  ['another chain in the header', 'block_hash', withHeader({ genesis_hash: H })],
  ['another stated block hash', 'block_hash', { ...bundle, block: { ...bundle.block, hash: H } }],
  [
    'another block signature',
    'block_signature',
    { ...bundle, block: { ...bundle.block, signature: bundle.signature } },
  ],
  [
    'another validator key',
    'block_signature',
    { ...bundle, block: { ...bundle.block, validator_public_key: stranger.publicKey } },
  ],
  ['a block signed by a stranger', 'genesis', resignedBlock({}, stranger)],
  ['a forged manifest, anchor and block', 'genesis', forgedAnchorAndBlock()],
  ['a block that claims to be the genesis', 'genesis', resignedBlock({ height: 0 }, keys.validator)],
  [
    'a block of another chain, signed by the validator',
    'genesis',
    resignedBlock({ genesis_hash: H }, keys.validator),
  ],
  ['the genesis block of another chain', 'genesis', { ...bundle, genesis: other.bundle.genesis }],
  ['a changed hash of the genesis block', 'genesis', { ...bundle, genesis: { ...bundle.genesis, hash: H } }],
  ['a whole other chain', 'genesis', otherChain()],
];

describe('tampering with the chunk files', () => {
  it.each(chunkTampering)('%s is refused at %s', async (_what, step, chunks) => {
    const report = await verifyBundle(bundle, { ...genuine, ...(chunks && { chunks }) });
    expect(report).toMatchObject({ ok: false, failed_step: step, exit_code: exitCodeOf(step) });
  });
});

describe('tampering with the bundle', () => {
  it.each(bundleTampering)('%s is refused at %s', async (_what, step, candidate) => {
    const report = await verifyBundle(candidate, { pinnedGenesisHash: genesisHash });
    expect(report).toMatchObject({ ok: false, failed_step: step, exit_code: exitCodeOf(step) });
  });

  it('covers every step', () => {
    const steps = new Set([...chunkTampering, ...bundleTampering].map(([, step]) => step));
    expect(steps.size).toBe(12);
  });

  it('by a whole other chain is seen by the pinned hash alone', async () => {
    expect((await verifyBundle(otherChain())).ok).toBe(true);
  });

  it('by a stranger’s signature is seen by trusted keys where the anchor names no key', async () => {
    const open = aProofBundle({ anchorNamesKey: false });
    const signed = { ...open.bundle, ...signManifest(open.bundle.manifest, stranger) };
    expect((await verifyBundle(signed)).ok).toBe(true);
    const trustedManifestKeys = [open.keys.manifest.publicKey];
    expect((await verifyBundle(signed, { trustedManifestKeys })).failed_step).toBe('manifest_signature');
    expect((await verifyBundle(open.bundle, { trustedManifestKeys })).ok).toBe(true);
  });
});
