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
  /** The transaction is signed by its key. */
  transactionHolds: boolean;
  /** The path leads from the transaction to the root that the block header names. */
  pathHolds: boolean;
  /** The block is signed by a validator of the genesis block that it names. */
  blockHolds: boolean;
  /** All of it. */
  holds: boolean;
}

/** Judges the engine's proof with nothing but the proof, as anybody could. */
export function judgeProof(proof: TransactionProof): ProofVerdict {
  const { transaction, transaction_index, transaction_count, proof_path, block, genesis } = proof;
  const pathHolds =
    block.header.transaction_count === transaction_count &&
    verifyProof(block.header.merkle_root, {
      leaf_hash: leafHash(txHash(transaction)),
      leaf_index: transaction_index,
      leaf_count: transaction_count,
      proof_path,
    });
  const first = verifyGenesis(genesis);
  const key = first.valid ? genesisPublicKey(first.data, block.header.validator) : undefined;
  const blockHolds =
    first.valid &&
    key === proof.validator_public_key &&
    block.header.genesis_hash === first.hash &&
    blockHash(block.header) === block.hash &&
    verifyHash(block.hash, block.signature, key);
  const transactionHolds = verifyTransaction(transaction).valid;
  return { transactionHolds, pathHolds, blockHolds, holds: transactionHolds && pathHolds && blockHolds };
}
