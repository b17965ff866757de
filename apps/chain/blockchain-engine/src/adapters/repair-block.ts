import { type Clock, isoTime } from '@lucid/clock';
import type { CertifiedBlock } from '@lucid/consensus';
import { type Block, transactionsRoot, txHash, verifyTransaction } from '@lucid/ledger';
import type { Logger } from '@lucid/logging';
import { type BlockDocument, toBlockDocument } from '../domain/block-document.ts';
import { brokenLink } from '../domain/judge-link.ts';
import { wrongVotes } from '../domain/judge-votes.ts';
import { toTransactionDocument } from '../domain/transaction-document.ts';
import { applyBlock } from './apply-block.ts';
import type { Ledger } from './ledger.ts';
import type { Quarantine } from './quarantine.ts';
import type { Validators } from './validators.ts';

export interface RepairDeps {
  ledger: Ledger;
  validators: Validators;
  peers: {
    readonly statuses: readonly { validator: string }[];
    blocksFrom: (validator: string, height: number) => Promise<CertifiedBlock<Block>[]>;
  };
  quarantine: Quarantine;
  clock: Clock;
  logger: Logger;
  /** What was read of this height before is no longer to be believed. */
  onRepaired: (height: number) => void;
}

/**
 * Puts a block of another validator in the place of one of ours that does not hold: the same block, proven by its votes, by
 * the block below it and by the one above. What a peer sends instead is put on record. @returns whether it is whole now
 */
export async function repairBlock(deps: RepairDeps, height: number): Promise<boolean> {
  const { peers, quarantine, logger } = deps;
  if (height === 0) return false; // the genesis block follows from the configuration; the next start says so
  for (const { validator: peer } of peers.statuses) {
    try {
      const found = (await peers.blocksFrom(peer, height)).find(
        ({ block }) => block.header.height === height,
      );
      if (!found) continue;
      const reason = await faultOf(deps, found);
      if (reason === undefined) {
        await restore(deps, found);
        deps.onRepaired(height);
        return true;
      }
      await quarantine.add({
        height,
        hash: found.block.hash,
        reason: `${peer}: ${reason}`,
        source: 'peer',
      });
    } catch (error) {
      logger.info({ peer, height, err: error }, 'this peer cannot give the block');
    }
  }
  return false;
}

async function faultOf(
  { ledger, validators }: RepairDeps,
  { block, certificate }: CertifiedBlock<Block>,
): Promise<string | undefined> {
  const { height } = block.header;
  const [below, above] = [await ledger.blocks.headAt(height - 1), await ledger.blocks.headAt(height + 1)];
  const { transactions } = block;
  return (
    brokenLink(block, below ?? undefined, validators.publicKeyOf) ??
    wrongVotes({ ...block, certificate }, validators) ??
    (above && above.header.previous_hash !== block.hash
      ? 'the block above it follows on another'
      : undefined) ??
    (transactions.length === block.header.transaction_count &&
    transactionsRoot(transactions) === block.header.merkle_root
      ? undefined
      : 'its transactions have another root') ??
    (transactions.every((transaction) => verifyTransaction(transaction).valid)
      ? undefined
      : 'one of its transactions does not hold')
  );
}

/** Transactions first, as at every commit. */
async function restore(
  { ledger, clock }: RepairDeps,
  { block, certificate }: CertifiedBlock<Block>,
): Promise<void> {
  const at = isoTime(clock);
  const parent = (await ledger.blocks.headAt(block.header.height - 1)) ?? undefined;
  const kept = await ledger.blocks.headAt(block.header.height);
  const document: BlockDocument = toBlockDocument(block, {
    parent,
    fence: kept?.fence ?? 0,
    createdAt: at,
    certificate,
  });
  await ledger.transactions.restore(
    block.transactions.map((transaction) => toTransactionDocument(transaction, txHash(transaction), at)),
  );
  await ledger.blocks.restore(document);
  await applyBlock(ledger, document);
}
