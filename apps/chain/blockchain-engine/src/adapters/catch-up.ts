import type { BlockDocument } from '../domain/block-document.ts';
import { instantOf } from '../domain/ticks.ts';
import { toMempoolEntry } from '../domain/transaction-document.ts';
import { applyBlock } from './apply-block.ts';
import type { Ledger } from './ledger.ts';

/** Brings transactions and mempool in line with the blocks, wherever the writer before stopped. @returns the tip */
export async function catchUp(ledger: Ledger): Promise<BlockDocument> {
  const tip = await ledger.blocks.tip();
  if (!tip) throw new Error('the chain has no genesis block');
  const appliedHeight = await ledger.applied.read();
  for await (const block of ledger.blocks.range({ from: appliedHeight + 1, to: tip._id }))
    await applyBlock(ledger, block);
  await alignMempool(ledger);
  return tip;
}

/** Whatever waits has a place in the queue, and nothing else has one. Mends what a crash during a submission leaves. */
export async function alignMempool({ transactions, mempool }: Ledger): Promise<void> {
  // Queue first: what is handed in between the two looks is then pending too, and keeps its place.
  const queued = new Set(await mempool.ids());
  const pending = new Set(await transactions.pendingIds());
  const lost = [...pending].filter((txId) => !queued.has(txId));
  const idle = [...queued].filter((txId) => !pending.has(txId));
  await mempool.remove(idle);
  if (lost.length === 0) return;
  const documents = (await transactions.findAll(lost)).values();
  await mempool.add(
    [...documents].map((document) => toMempoolEntry(document, instantOf(document.submitted_at), 0)),
  );
}
