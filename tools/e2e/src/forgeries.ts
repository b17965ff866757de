import {
  blockHash,
  signBlock,
  signingKeyFromSeed,
  signTransaction,
  signVote,
  type Transaction,
  timestampMs,
  txHash,
  ZERO_HASH,
} from '@lucid/ledger';
import { type Manifest, manifestHash, signManifest } from '@lucid/manifest';
import { buildBundle, type ProofBundle, type ProofStep } from '@lucid/proof';
import { aChain } from '@lucid/proof/testing';

/** A key that nobody in the deployment knows. */
const attacker = signingKeyFromSeed(Buffer.alloc(32, 0x66));

export interface Forgery {
  what: string;
  /** The step that has to notice it. */
  step: ProofStep;
  /** @returns the file that is put in place of the bundle */
  forge: (bundle: ProofBundle) => string;
}

/** Alters a copy. */
const altered =
  (alter: (bundle: ProofBundle) => unknown): Forgery['forge'] =>
  (bundle) => {
    const copy = structuredClone(bundle);
    const result = alter(copy);
    return JSON.stringify(result === undefined ? copy : result);
  };

/** Another last digit. */
const otherHex = (hex: string): string => hex.slice(0, -1) + (hex.endsWith('0') ? '1' : '0');

/** The manifest with another end, hashed and signed by the attacker. */
function forgedManifest({ manifest }: ProofBundle) {
  const later: Manifest = {
    ...manifest,
    ended_at: new Date(Date.parse(manifest.ended_at) + 1000).toISOString(),
  };
  return signManifest(later, attacker);
}

/** One for every way to alter a bundle; the first digit of the pair names the step that has to refuse it. */
export const forgeries: readonly Forgery[] = [
  { what: 'the file ends early', step: 'bundle_format', forge: (b) => JSON.stringify(b).slice(0, -200) },
  {
    what: 'a field that nobody checks',
    step: 'bundle_format',
    forge: altered((b) => ({ ...b, note: 'genuine' })),
  },
  {
    what: 'a field that nobody checks, deep inside',
    step: 'bundle_format',
    forge: altered((b) => Object.assign(b.block.header, { note: 'genuine' })),
  },
  {
    what: 'the hash of a chunk in the manifest',
    step: 'merkle_root',
    forge: altered((b) => {
      const [chunk] = b.manifest.chunks;
      if (chunk) chunk.chunk_hash = otherHex(chunk.chunk_hash);
      return b;
    }),
  },
  {
    what: 'two chunks of the manifest in each other’s place',
    step: 'merkle_root',
    forge: altered((b) => {
      const [first, second] = b.manifest.chunks;
      if (first && second) [first.chunk_hash, second.chunk_hash] = [second.chunk_hash, first.chunk_hash];
      return b;
    }),
  },
  {
    what: 'the time at which the recording ended',
    step: 'manifest_hash',
    forge: altered((b) => ({ ...b, manifest: forgedManifest(b).manifest })),
  },
  {
    what: 'the same with its hash computed anew',
    step: 'manifest_signature',
    forge: altered((b) => {
      const { manifest } = forgedManifest(b);
      return { ...b, manifest, manifest_hash: manifestHash(manifest) };
    }),
  },
  {
    what: 'the signature of the manifest',
    step: 'manifest_signature',
    forge: altered((b) => ({ ...b, signature: otherHex(b.signature) })),
  },
  {
    what: 'a manifest signed anew by somebody else',
    step: 'anchor_transaction',
    forge: altered((b) => ({ ...b, ...forgedManifest(b) })),
  },
  {
    what: 'the number of chunks in the transaction',
    step: 'anchor_transaction',
    forge: altered((b) => {
      b.anchor.transaction.data = { ...b.anchor.transaction.data, chunk_count: 1 };
      return b;
    }),
  },
  {
    what: 'the time of the transaction',
    step: 'transaction_signature',
    forge: altered((b) => {
      b.anchor.transaction.timestamp = new Date(Date.parse(b.anchor.transaction.timestamp) - 1).toISOString();
      return b;
    }),
  },
  {
    what: 'the signature of the transaction',
    step: 'transaction_signature',
    forge: altered((b) => {
      b.anchor.transaction.signature = otherHex(b.anchor.transaction.signature);
      return b;
    }),
  },
  {
    what: 'a transaction signed anew by somebody else, with a forged manifest in it',
    step: 'transaction_inclusion',
    forge: altered((b) => {
      const signed = forgedManifest(b);
      const { tx_id, type, data, timestamp } = b.anchor.transaction;
      const claim = { ...data, manifest_hash: signed.manifest_hash, manifest_public_key: signed.public_key };
      b.anchor.transaction = signTransaction({ tx_id, type, data: claim, timestamp }, attacker);
      return { ...b, ...signed };
    }),
  },
  {
    what: 'a step more in the Merkle path',
    step: 'transaction_inclusion',
    forge: altered((b) => {
      b.anchor.inclusion.proof_path.push({ hash: 'ab'.repeat(32), position: 'left' });
      return b;
    }),
  },
  {
    what: 'the root of the transactions in the block header',
    step: 'transaction_inclusion',
    forge: altered((b) => {
      b.block.header.merkle_root = otherHex(b.block.header.merkle_root);
      return b;
    }),
  },
  {
    what: 'the time of the block',
    step: 'block_hash',
    forge: altered((b) => {
      b.block.header.timestamp = new Date(Date.parse(b.block.header.timestamp) - 1).toISOString();
      return b;
    }),
  },
  {
    what: 'the same with its hash computed anew',
    step: 'block_signature',
    forge: altered((b) => {
      b.block.header.height += 1;
      b.block.hash = blockHash(b.block.header);
      return b;
    }),
  },
  {
    what: 'the signature of the block',
    step: 'block_signature',
    forge: altered((b) => {
      b.block.signature = otherHex(b.block.signature);
      return b;
    }),
  },
  {
    what: 'a block signed anew by somebody who is no validator',
    step: 'genesis',
    forge: altered((b) => {
      const { signature } = signBlock(b.block.header, [], attacker);
      b.block = { ...b.block, signature, validator_public_key: attacker.publicKey };
      return b;
    }),
  },
  {
    what: 'the vote of a validator',
    step: 'block_certificate',
    forge: altered((b) => {
      const [vote] = b.block.certificate.votes;
      if (vote) vote.signature = otherHex(vote.signature);
      return b;
    }),
  },
  {
    what: 'votes by somebody who is no validator',
    step: 'block_certificate',
    forge: altered((b) => {
      const { header, hash, certificate } = b.block;
      const vote = {
        phase: 'precommit',
        height: header.height,
        block_hash: hash,
        validator: header.validator,
      } as const;
      const { validator, signature } = signVote(
        { ...vote, view: certificate.view },
        b.genesis.hash,
        attacker,
      );
      certificate.votes = [{ validator, signature }];
      return b;
    }),
  },
  {
    what: 'no checkpoints, as if nobody had looked while it ran',
    step: 'checkpoints',
    forge: altered((b) => ({ ...b, checkpoints: [] })),
  },
  {
    what: 'the last checkpoint left out',
    step: 'checkpoints',
    forge: altered((b) => ({ ...b, checkpoints: b.checkpoints.slice(0, -1) })),
  },
  {
    what: 'two checkpoints in each other’s place',
    step: 'checkpoints',
    forge: altered((b) => ({ ...b, checkpoints: b.checkpoints.toReversed() })),
  },
  {
    what: 'the chunks that a checkpoint saw',
    step: 'checkpoints',
    forge: altered((b) => {
      const last = b.checkpoints.at(-1)?.transaction;
      if (last) last.data = { ...last.data, chunk_count: 0, merkle_root: ZERO_HASH, total_size: 0 };
      return b;
    }),
  },
  {
    what: 'a checkpoint signed anew by somebody else',
    step: 'checkpoints',
    forge: altered((b) => {
      const last = b.checkpoints.at(-1);
      if (last) last.transaction = signTransaction(last.transaction, attacker);
      return b;
    }),
  },
  {
    what: 'a whole other chain, sound in itself',
    step: 'genesis',
    forge: (b) => JSON.stringify(otherChain(b)),
  },
];

/** Everything made anew by the attacker: manifest, checkpoints, anchor, blocks and first block. */
export function otherChain(bundle: ProofBundle): ProofBundle {
  const signedManifest = forgedManifest(bundle);
  const chain = aChain([attacker], bundle.genesis.header.timestamp);
  let atMs = timestampMs(bundle.block.header.timestamp) ?? 0;
  const proven = (draft: Transaction) => {
    const transaction = signTransaction(draft, attacker);
    atMs += 1;
    const input = chain.append([transaction], atMs).get(transaction.tx_id);
    if (!input) throw new Error('the transaction is in the block by construction');
    return input;
  };
  let previous = ZERO_HASH;
  const checkpoints = bundle.checkpoints.map(({ transaction }) => {
    const checkpoint = proven({ ...transaction, data: { ...transaction.data, previous } });
    previous = txHash(checkpoint.transaction);
    return checkpoint;
  });
  const claim = {
    ...bundle.anchor.transaction.data,
    manifest_hash: signedManifest.manifest_hash,
    manifest_public_key: signedManifest.public_key,
    ...(checkpoints.length > 0 && { checkpoints: { count: checkpoints.length, last: previous } }),
  };
  const anchor = proven({ ...bundle.anchor.transaction, data: claim });
  return buildBundle({ signedManifest, anchor, checkpoints, genesis: chain.genesis });
}
