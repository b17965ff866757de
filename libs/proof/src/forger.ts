// Ways to alter a true proof, with and without the keys to sign the alteration.
import {
  type Block,
  type Certificate,
  type SigningKey,
  signBlock,
  signingKeyFromSeed,
  signTransaction,
  signVote,
  type Transaction,
  transactionsRoot,
  type UnsignedVote,
} from '@lucid/ledger';
import { type Manifest, signManifest } from '@lucid/manifest';
import { leafHash } from '@lucid/merkle';
import { aChain, type FixtureChain } from './a-chain.ts';
import type { ProofFixture } from './a-proof-bundle.ts';
import { inclusionOf, type ProofBundle, type ProvenCheckpoint, provenTransaction } from './bundle.ts';

/** Alters this proof. The bundles it gives are new; the fixture stays as it is. */
export function aForger({ bundle, keys }: ProofFixture) {
  const stranger = signingKeyFromSeed('77'.repeat(32));
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
  /** A changed header, hashed and signed again, by anyone; the votes stay those of the true one. */
  const resignedBlock = (
    over: Partial<Block['header']>,
    key: SigningKey,
    from: ProofBundle = bundle,
  ): ProofBundle => {
    const { header, hash, signature } = signBlock({ ...from.block.header, ...over }, [], key);
    return {
      ...from,
      block: { ...from.block, header, hash, signature, validator_public_key: key.publicKey },
    };
  };
  const withCertificate = (over: Partial<Certificate>): ProofBundle => ({
    ...bundle,
    block: { ...bundle.block, certificate: { ...bundle.block.certificate, ...over } },
  });
  /** Votes of the true validators, of whatever they are told to sign. */
  const votesFor = (over: Partial<UnsignedVote>): Certificate['votes'] =>
    keys.validators.map((key, i) => {
      const { height } = bundle.block.header;
      const { hash: block_hash, certificate } = bundle.block;
      const validator = `node-${i + 1}`;
      const draft = { phase: 'precommit', height, view: certificate.view, block_hash, validator } as const;
      return { validator, signature: signVote({ ...draft, ...over }, bundle.genesis.hash, key).signature };
    });
  const withCheckpoint = (i: number, over: Partial<ProvenCheckpoint>): ProofBundle => ({
    ...bundle,
    checkpoints: bundle.checkpoints.map((one, at) => (at === i ? { ...one, ...over } : one)),
  });
  /** A checkpoint that says something else, signed again and put into a block that the true validators confirm. */
  const forgedCheckpoint = (i: number, over: object, key: SigningKey = keys.anchor): ProofBundle => {
    const { transaction } = bundle.checkpoints[i] ?? bundle.anchor;
    const forged = signTransaction({ ...transaction, data: { ...transaction.data, ...over } }, key);
    return withCheckpoint(i, proven(aChain(keys.validators), [forged], forged));
  };

  /** The whole chain forged around the true manifest: only the pinned genesis hash is left to see it. */
  function otherChain(): ProofBundle {
    const chain = aChain([stranger]);
    const checkpoints = bundle.checkpoints.map(({ transaction }) =>
      proven(chain, [transaction], transaction),
    );
    return { ...reanchored(chain, bundle, bundle.anchor.transaction), checkpoints, genesis: chain.genesis };
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

  /** The end of the recording cut off by those who hold every key, after checkpoints had seen it. */
  function cutTail(): ProofBundle {
    const chunks = bundle.manifest.chunks.slice(0, 1);
    const [chunk] = chunks;
    const short = resignedManifest({
      chunks,
      chunk_count: 1,
      total_size: chunk?.size ?? 0,
      merkle_root: leafHash(chunk?.chunk_hash ?? ''),
    });
    const { chunk_count, total_size, merkle_root } = short.manifest;
    const data = anchored({ chunk_count, total_size, merkle_root, manifest_hash: short.manifest_hash });
    const transaction = signTransaction({ ...bundle.anchor.transaction, data }, keys.anchor);
    return reanchored(aChain(keys.validators), short, transaction);
  }

  return {
    stranger,
    leader: keys.validators[bundle.block.header.height - 1] ?? keys.anchor,
    withManifest,
    withChunk,
    resignedManifest,
    withTransaction,
    anchored,
    resignedTransaction,
    withInclusion,
    withHeader,
    resignedBlock,
    withCertificate,
    votesFor,
    withCheckpoint,
    forgedCheckpoint,
    otherChain,
    forgedAnchorAndBlock,
    cutTail,
  };
}

function proven(
  chain: FixtureChain,
  transactions: readonly Transaction[],
  { tx_id }: Transaction,
): ProvenCheckpoint {
  const input = chain.append(transactions, Date.UTC(2026, 0, 2, 4)).get(tx_id);
  if (!input) throw new Error('by construction');
  return provenTransaction(input);
}

/** The bundle with this anchor in a new block of this chain. */
function reanchored(chain: FixtureChain, bundle: ProofBundle, transaction: Transaction): ProofBundle {
  const { block, ...anchor } = proven(chain, [transaction], transaction);
  return { ...bundle, anchor, block };
}
