import type { TransactionProof } from '@lucid/contracts';
import { genesisBlock, nextBlock, signingKeyFromSeed, type Transaction, txHash } from '@lucid/ledger';
import { buildTree, proof } from '@lucid/merkle';

const key = signingKeyFromSeed('01'.repeat(32));
const validator = '0a'.repeat(16);
const genesis = genesisBlock({
  version: '1',
  created_at: '2026-01-01T00:00:00.000Z',
  validators: [{ validator, public_key: key.publicKey }],
});

/** The engine's proof of a transaction that stands in a block with two others. */
export function aProof(transaction: Transaction): TransactionProof {
  const other = (n: number): Transaction => ({
    ...transaction,
    tx_id: `00000000-0000-4000-8000-00000000000${n}`,
  });
  const transactions = [other(1), transaction, other(2)];
  const timestampMs = Date.parse('2026-01-02T00:00:00.000Z');
  const block = nextBlock({ parent: genesis, transactions, timestampMs, validator, key });
  return {
    transaction,
    tx_hash: txHash(transaction),
    transaction_index: 1,
    transaction_count: 3,
    proof_path: [...proof(buildTree(transactions.map(txHash)), 1).proof_path],
    block: { header: block.header, hash: block.hash, signature: block.signature },
    validator_public_key: key.publicKey,
    genesis,
  };
}
