import type { TransactionProof } from '@lucid/contracts';
import { txHash } from '@lucid/ledger';
import { leafHash } from '@lucid/merkle';
import { provenTransaction, verifyIncluded } from '@lucid/proof';

export interface ProofVerdict {
  /** The transaction is signed by its key. */
  transactionHolds: boolean;
  /** The path leads from the transaction to the root that the block header names. */
  pathHolds: boolean;
  /** The block is made and confirmed by validators of the genesis block that it names. */
  blockHolds: boolean;
  /** All of it. */
  holds: boolean;
}

/** Judges the engine's proof with nothing but the proof, as anybody could. */
export function judgeProof(proof: TransactionProof): ProofVerdict {
  const { transaction, transaction_index, transaction_count, proof_path, block, certificate } = proof;
  const inclusion = {
    leaf_hash: leafHash(txHash(transaction)),
    leaf_index: transaction_index,
    leaf_count: transaction_count,
    proof_path,
  };
  const proven = provenTransaction({
    transaction,
    inclusion,
    block,
    validatorPublicKey: proof.validator_public_key,
    certificate,
  });
  const findings = verifyIncluded(proven, proof.genesis);
  const [transactionHolds, pathHolds, blockHolds] = [
    findings.transaction.status === 'passed',
    findings.inclusion.status === 'passed',
    findings.block.status === 'passed',
  ];
  return { transactionHolds, pathHolds, blockHolds, holds: transactionHolds && pathHolds && blockHolds };
}
