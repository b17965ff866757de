import type { TransactionProof } from '@lucid/contracts';
import {
  blockHash,
  genesisPublicKey,
  txHash,
  verifyGenesis,
  verifyHash,
  verifyTransaction,
} from '@lucid/ledger';
import { leafHash, verifyProof } from '@lucid/merkle';

export interface ProofVerdict {
  /** The path leads from the transaction to the root that the block header names. */
  pathHolds: boolean;
  /** All of it holds, from the transaction's signature to the genesis block. */
  holds: boolean;
}

/** Judges the engine's proof with nothing but the proof, as anybody could. */
export function judgeProof(proof: TransactionProof): ProofVerdict {
  const { transaction, transaction_index, transaction_count, proof_path, block, genesis } = proof;
  const pathHolds = verifyProof(block.header.merkle_root, {
    leaf_hash: leafHash(txHash(transaction)),
    leaf_index: transaction_index,
    leaf_count: transaction_count,
    proof_path,
  });
  const first = verifyGenesis(genesis);
  const key = first.valid ? genesisPublicKey(first.data, block.header.validator) : undefined;
  const holds =
    pathHolds &&
    first.valid &&
    key === proof.validator_public_key &&
    block.header.genesis_hash === first.hash &&
    block.header.transaction_count === transaction_count &&
    blockHash(block.header) === block.hash &&
    verifyHash(block.hash, block.signature, key) &&
    verifyTransaction(transaction).valid;
  return { pathHolds, holds };
}
