// The offline proof: one JSON file that carries everything from the chunk list to the genesis block.
import {
  Block,
  BlockHeader,
  Certificate,
  Count,
  HashHex,
  PublicKeyHex,
  SignatureHex,
  type SignedHeader,
  Timestamp,
  Transaction,
  timestampOf,
  txHash,
  Uuid,
} from '@lucid/ledger';
import { Manifest, type SignedManifest } from '@lucid/manifest';
import { buildTree, MAX_LEAVES, type MerkleProof, proof } from '@lucid/merkle';
import { type Static, Type } from 'typebox';

export const BUNDLE_FORMAT = 'lucid-proof';
export const BUNDLE_VERSION = 1;

/** Wire form of an inclusion proof; at most 20 steps, the height limit of a tree. */
export const InclusionProof = Type.Object(
  {
    leaf_hash: HashHex,
    leaf_index: Count,
    leaf_count: Type.Integer({ minimum: 1, maximum: MAX_LEAVES }),
    proof_path: Type.Array(
      Type.Object(
        { hash: HashHex, position: Type.Union([Type.Literal('left'), Type.Literal('right')]) },
        { additionalProperties: false },
      ),
      { maxItems: 20 },
    ),
  },
  { additionalProperties: false },
);

/** A block without its transactions, and who vouches for it: the validator that made it, and those that confirmed it. */
export const ProvenBlock = Type.Object(
  {
    header: BlockHeader,
    hash: HashHex,
    signature: SignatureHex,
    validator_public_key: PublicKeyHex,
    certificate: Certificate,
  },
  { additionalProperties: false },
);
export type ProvenBlock = Static<typeof ProvenBlock>;

/** A transaction and its place in a block. */
export const IncludedTransaction = Type.Object(
  { transaction: Transaction, inclusion: InclusionProof },
  { additionalProperties: false },
);
export type IncludedTransaction = Static<typeof IncludedTransaction>;

/** A checkpoint with the block that it stands in. */
export const ProvenCheckpoint = Type.Object(
  { transaction: Transaction, inclusion: InclusionProof, block: ProvenBlock },
  { additionalProperties: false },
);
export type ProvenCheckpoint = Static<typeof ProvenCheckpoint>;

/** Nothing may be in it that no step looks at; `created_at` alone is a mere remark of whoever packed it. */
export const ProofBundle = Type.Object(
  {
    format: Type.Literal(BUNDLE_FORMAT),
    version: Type.Literal(BUNDLE_VERSION),
    session_id: Uuid,
    manifest: Manifest,
    manifest_hash: HashHex,
    signature: SignatureHex,
    public_key: PublicKeyHex,
    /** In the order of their sequence; empty where none were made. */
    checkpoints: Type.Array(ProvenCheckpoint, { maxItems: MAX_LEAVES }),
    anchor: IncludedTransaction,
    /** That holds the anchor. */
    block: ProvenBlock,
    /** Whole, so that the list of validators is proven by the hash that the block header carries. */
    genesis: Block,
    created_at: Type.Optional(Timestamp),
  },
  { additionalProperties: false },
);
export type ProofBundle = Static<typeof ProofBundle>;

/** A transaction with everything that shows where it stands, as the engine tells it. */
export interface ProvenTransactionInput {
  readonly transaction: Transaction;
  /** Of the transaction in its block, from `inclusionOf` or from the engine. */
  readonly inclusion: MerkleProof;
  readonly block: SignedHeader;
  readonly validatorPublicKey: string;
  readonly certificate: Certificate;
}

export interface BuildBundleInput {
  readonly signedManifest: SignedManifest;
  readonly anchor: ProvenTransactionInput;
  /** In the order of their sequence. */
  readonly checkpoints: readonly ProvenTransactionInput[];
  readonly genesis: Block;
  /** Milliseconds since 1970. */
  readonly createdAtMs?: number;
}

/** Packs the parts; whether they fit together is what `verifyBundle` says. */
export function buildBundle(input: BuildBundleInput): ProofBundle {
  const { block, ...anchor } = provenTransaction(input.anchor);
  return {
    format: BUNDLE_FORMAT,
    version: BUNDLE_VERSION,
    session_id: input.signedManifest.manifest.session_id,
    manifest: input.signedManifest.manifest,
    manifest_hash: input.signedManifest.manifest_hash,
    signature: input.signedManifest.signature,
    public_key: input.signedManifest.public_key,
    checkpoints: input.checkpoints.map(provenTransaction),
    anchor,
    block,
    genesis: input.genesis,
    ...(input.createdAtMs !== undefined && { created_at: timestampOf(input.createdAtMs) }),
  };
}

/** The wire form of a transaction with its block. */
export function provenTransaction(input: ProvenTransactionInput): ProvenCheckpoint {
  const { header, hash, signature } = input.block;
  const { leaf_hash, leaf_index, leaf_count, proof_path } = input.inclusion;
  return {
    transaction: input.transaction,
    inclusion: { leaf_hash, leaf_index, leaf_count, proof_path: proof_path.map((step) => ({ ...step })) },
    block: {
      header,
      hash,
      signature,
      validator_public_key: input.validatorPublicKey,
      certificate: input.certificate,
    },
  };
}

/** Inclusion proof of a transaction in its block; undefined when it is not there. */
export function inclusionOf(txId: string, transactions: readonly Transaction[]): MerkleProof | undefined {
  const index = transactions.findIndex((tx) => tx.tx_id === txId);
  return index < 0 ? undefined : proof(buildTree(transactions.map(txHash)), index);
}
