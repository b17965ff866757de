import type { TransactionProof } from '@lucid/contracts';
import { signingKeyFromSeed, type Transaction, txHash } from '@lucid/ledger';
import { aChain } from '@lucid/proof/testing';

const key = signingKeyFromSeed('01'.repeat(32));

/** The engine's proof of a transaction that stands in a block with two others. */
export function aProof(transaction: Transaction): TransactionProof {
  const other = (n: number): Transaction => ({
    ...transaction,
    tx_id: `00000000-0000-4000-8000-00000000000${n}`,
  });
  const transactions = [other(1), transaction, other(2)];
  const chain = aChain([key]);
  const proven = chain.append(transactions, Date.parse('2026-01-02T00:00:00.000Z')).get(transaction.tx_id);
  if (!proven) throw new Error('it is in the block by construction');
  const { inclusion, block, validatorPublicKey: validator_public_key, certificate } = proven;
  return {
    transaction,
    tx_hash: txHash(transaction),
    transaction_index: inclusion.leaf_index,
    transaction_count: inclusion.leaf_count,
    proof_path: [...inclusion.proof_path],
    block: { header: block.header, hash: block.hash, signature: block.signature },
    validator_public_key,
    certificate,
    genesis: chain.genesis,
  };
}
