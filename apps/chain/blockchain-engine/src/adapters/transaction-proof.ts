import type { TransactionProof } from '@lucid/contracts';
import { proof } from '@lucid/merkle';
import { toSignedHeader } from '../domain/block-document.ts';
import { transactionOf } from '../domain/transaction-document.ts';
import { errors } from '../errors.ts';
import type { BlockTrees } from './block-trees.ts';
import type { Ledger } from './ledger.ts';
import type { Validators } from './validators.ts';

interface ProofDeps {
  ledger: Pick<Ledger, 'blocks' | 'transactions'>;
  validators: Pick<Validators, 'genesis' | 'publicKeyOf'>;
  blockTrees: BlockTrees;
}

/** The transaction's place on the chain. @throws 6101, 6108, and 6004 when what is kept no longer gives the block's root or its votes */
export async function transactionProof(
  { ledger, validators, blockTrees }: ProofDeps,
  txId: string,
): Promise<TransactionProof> {
  const { blocks, transactions } = ledger;
  const { genesis, publicKeyOf } = validators;
  const kept = await transactions.find(txId);
  if (!kept) throw errors.TRANSACTION_NOT_FOUND();
  if (kept.status !== 'confirmed' || kept.block_height === undefined)
    throw errors.TRANSACTION_NOT_CONFIRMED({ details: { status: kept.status } });
  const block = await blocks.at(kept.block_height);
  const index = block?.transaction_ids.indexOf(txId) ?? -1;
  const broken = errors.CHAIN_BROKEN({ details: { height: kept.block_height, transaction: txId } });
  if (!block || index < 0) throw broken;
  const tree = await blockTrees.of(block);
  const validator_public_key = publicKeyOf(block.header.validator) ?? genesis.transactions[0]?.public_key;
  const { certificate } = block;
  if (!tree || validator_public_key === undefined || !certificate) throw broken;
  return {
    transaction: transactionOf(kept),
    tx_hash: kept.tx_hash,
    transaction_index: index,
    transaction_count: block.transaction_ids.length,
    proof_path: [...proof(tree, index).proof_path],
    block: toSignedHeader(block),
    validator_public_key,
    certificate,
    genesis,
  };
}
