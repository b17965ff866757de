// Bundles that must be refused, and the step that must refuse them. Tests and the published test vectors are made of these.
import { signHash } from '@lucid/ledger';
import type { ProofFixture } from './a-proof-bundle.ts';
import { aForger } from './forger.ts';
import { certificateTampering, checkpointTampering, type Tampering } from './tampered-chain.ts';

const H = 'ab'.repeat(32);

/** @param other a true proof of another session on another chain, to mix parts of */
export function bundleTampering(fixture: ProofFixture, other: ProofFixture): Tampering[] {
  const { bundle, keys, transactions } = fixture;
  const {
    stranger,
    leader,
    withManifest,
    withChunk,
    resignedManifest,
    withTransaction,
    anchored,
    resignedTransaction,
    withInclusion,
    withHeader,
    resignedBlock,
    otherChain,
    forgedAnchorAndBlock,
  } = aForger(fixture);
  return [
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
    [
      'another session in the manifest',
      'manifest_hash',
      withManifest({ session_id: other.bundle.session_id }),
    ],
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
    [
      'a signature of another hash',
      'manifest_signature',
      { ...bundle, signature: signHash(H, keys.manifest) },
    ],
    [
      'a changed manifest, signed by its key',
      'anchor_transaction',
      resignedManifest({ codec_info: 'forged' }),
    ],
    ['the same manifest, signed by a stranger', 'anchor_transaction', resignedManifest({}, stranger)],
    ['another name of the bundle', 'anchor_transaction', { ...bundle, session_id: other.bundle.session_id }],
    ['another anchored count', 'anchor_transaction', withTransaction({ data: anchored({ chunk_count: 9 }) })],
    [
      'another anchored root, signed',
      'anchor_transaction',
      resignedTransaction({ data: anchored({ merkle_root: H }) }),
    ],
    [
      'data that is no anchor, signed',
      'anchor_transaction',
      resignedTransaction({ data: { text: 'hello' } }),
    ],
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
    [
      'a shorter path',
      'transaction_inclusion',
      withInclusion({ proof_path: bundle.anchor.inclusion.proof_path.slice(1) }),
    ],
    [
      'a turned path',
      'transaction_inclusion',
      withInclusion({
        proof_path: bundle.anchor.inclusion.proof_path.map((step) => ({
          ...step,
          position: 'left' as const,
        })),
      }),
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
    ['a block that claims to be the genesis', 'genesis', resignedBlock({ height: 0 }, leader)],
    [
      'a block of another chain, signed by the validator',
      'genesis',
      resignedBlock({ genesis_hash: H }, leader),
    ],
    ['the genesis block of another chain', 'genesis', { ...bundle, genesis: other.bundle.genesis }],
    [
      'a changed hash of the genesis block',
      'genesis',
      { ...bundle, genesis: { ...bundle.genesis, hash: H } },
    ],
    ['a whole other chain', 'genesis', otherChain()],
    ...certificateTampering(fixture),
    ...checkpointTampering(fixture, other),
  ];
}
