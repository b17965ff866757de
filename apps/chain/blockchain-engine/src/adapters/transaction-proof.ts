import type { TransactionProof } from '@lucid/contracts';
import { buildTree, proof } from '@lucid/merkle';
import { toSignedHeader } from '../domain/block-document.ts';
import { transactionOf } from '../domain/transaction-document.ts';
import { errors } from '../errors.ts';
import type { Ledger } from './ledger.ts';
import type { Validators } from './validators.ts';

/** The transaction's place on the chain. @throws 6101, 6108, and 6004 when what is kept no longer gives the block's root or its votes */
export async function transactionProof(
  { blocks, transactions }: Pick<Ledger, 'blocks' | 'transactions'>,
  { genesis, publicKeyOf }: Pick<Validators, 'genesis' | 'publicKeyOf'>,
  txId: string,
): Promise<TransactionProof> {
  const kept = await transactions.find(txId);
  if (!kept) throw errors.TRANSACTION_NOT_FOUND();
  if (kept.status !== 'confirmed' || kept.block_height === undefined)
    throw errors.TRANSACTION_NOT_CONFIRMED({ details: { status: kept.status } });
  const block = await blocks.at(kept.block_height);
  const index = block?.transaction_ids.indexOf(txId) ?? -1;
  const broken = errors.CHAIN_BROKEN({ details: { height: kept.block_height, transaction: txId } });
  if (!block || index < 0) throw broken;
  const siblings = await transactions.findAll(block.transaction_ids);
  const tree = buildTree(block.transaction_ids.map((id) => siblings.get(id)?.tx_hash ?? ''));
  const validator_public_key = publicKeyOf(block.header.validator) ?? genesis.transactions[0]?.public_key;
  const { certificate } = block;
  if (tree.root !== block.header.merkle_root || validator_public_key === undefined || !certificate)
    throw broken;
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
