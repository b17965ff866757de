// One function per step after the chunk files. Each looks at the bundle alone and says what it found.
import { blockHash, SessionAnchorData, txHash, verifyHash, verifyTransaction } from '@lucid/ledger';
import { manifestContradiction, manifestHash, manifestRoot } from '@lucid/manifest';
import { leafHash, verifyProof } from '@lucid/merkle';
import { Compile } from 'typebox/compile';
import type { IncludedTransaction, ProofBundle, ProvenBlock } from './bundle.ts';
import { type Finding, failed, passed } from './steps.ts';

const anchorShape = Compile(SessionAnchorData);

/** The root over the listed chunk hashes, in list order, is the one the manifest names. */
export function judgeMerkleRoot({ manifest }: ProofBundle): Finding {
  const root = manifestRoot(manifest);
  return root === manifest.merkle_root
    ? passed(`${manifest.chunks.length} chunk hashes give ${root}`)
    : failed(`the chunk hashes give ${root}, the manifest names ${manifest.merkle_root}`);
}

/** The body has the stated hash, and what was hashed does not contradict itself. */
export function judgeManifestHash({ manifest, manifest_hash }: ProofBundle): Finding {
  const computed = manifestHash(manifest);
  if (computed !== manifest_hash)
    return failed(`the manifest has the hash ${computed}, stated is ${manifest_hash}`);
  const contradiction = manifestContradiction(manifest);
  return contradiction === undefined ? passed(computed) : failed(`hashed as it is, but ${contradiction}`);
}

/** The stated key signed the hash; with trusted keys given, it is one of them. */
export function judgeManifestSignature(
  bundle: ProofBundle,
  trustedKeys: readonly string[] | undefined,
): Finding {
  const { manifest_hash, signature, public_key } = bundle;
  if (!verifyHash(manifest_hash, signature, public_key)) return failed(`not signed by ${public_key}`);
  if (trustedKeys && !trustedKeys.includes(public_key)) return failed(`${public_key} is not a trusted key`);
  return passed(`signed by ${public_key}`);
}

/** The transaction anchors this manifest of this session, field by field. */
export function judgeAnchorTransaction(bundle: ProofBundle): Finding {
  const { manifest, anchor, manifest_hash } = bundle;
  const { type, data } = anchor.transaction;
  if (type !== 'session_anchor') return failed(`the transaction is of type ${type}`);
  if (!anchorShape.Check(data)) return failed('the data of the transaction is no session anchor');
  const expected = {
    session_id: manifest.session_id,
    merkle_root: manifest.merkle_root,
    manifest_hash,
    chunk_count: manifest.chunk_count,
    total_size: manifest.total_size,
    owner_ref: manifest.owner_ref,
    // An anchor that names the manifest's key binds it; one that does not leaves it open.
    manifest_public_key: data.manifest_public_key === undefined ? undefined : bundle.public_key,
  };
  for (const field of [
    'session_id',
    'merkle_root',
    'manifest_hash',
    'chunk_count',
    'total_size',
    'owner_ref',
    'manifest_public_key',
  ] as const) {
    if (data[field] !== expected[field]) {
      return failed(`${field}: anchored is ${data[field]}, the manifest says ${expected[field]}`);
    }
  }
  if (bundle.session_id !== manifest.session_id)
    return failed(`the bundle is named after session ${bundle.session_id}`);
  return passed(`transaction ${anchor.transaction.tx_id} anchors this manifest`);
}

/** The transaction is signed by its key and within its limits. */
export function judgeTransactionSignature({
  transaction,
}: Pick<IncludedTransaction, 'transaction'>): Finding {
  const [fault] = verifyTransaction(transaction).faults;
  return fault ? failed(`${fault.fault}: ${fault.detail}`) : passed(`signed by ${transaction.public_key}`);
}

/** The path leads from the transaction to the root in the block header, in a tree as large as the header says. */
export function judgeTransactionInclusion(
  { transaction, inclusion }: IncludedTransaction,
  { header }: Pick<ProvenBlock, 'header'>,
): Finding {
  if (inclusion.leaf_hash !== leafHash(txHash(transaction)))
    return failed('the path starts at another transaction');
  if (inclusion.leaf_count !== header.transaction_count) {
    return failed(
      `the path is of ${inclusion.leaf_count} transactions, the block has ${header.transaction_count}`,
    );
  }
  return verifyProof(header.merkle_root, inclusion)
    ? passed(`transaction ${inclusion.leaf_index + 1} of ${inclusion.leaf_count} in block ${header.height}`)
    : failed('the path does not lead to the merkle_root of the block');
}

export function judgeBlockHash(block: ProvenBlock): Finding {
  const computed = blockHash(block.header);
  return computed === block.hash
    ? passed(computed)
    : failed(`the header has the hash ${computed}, stated is ${block.hash}`);
}

export function judgeBlockSignature({ hash, signature, validator_public_key }: ProvenBlock): Finding {
  return verifyHash(hash, signature, validator_public_key)
    ? passed(`signed by ${validator_public_key}`)
    : failed(`not signed by ${validator_public_key}`);
}
