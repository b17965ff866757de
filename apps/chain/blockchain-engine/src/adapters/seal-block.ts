import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Block, nextBlock, type SigningKey, type Transaction, verifyBlock } from '@lucid/ledger';
import type { Logger } from '@lucid/logging';
import { type BlockDocument, toSignedHeader } from '../domain/block-document.ts';
import { judgeCandidate } from '../domain/judge-candidate.ts';
import { planBlock } from '../domain/plan-block.ts';
import type { MempoolEntry, TransactionDocument } from '../domain/transaction-document.ts';
import type { VerifiedTexts } from '../domain/verified-texts.ts';
import type { Ledger } from './ledger.ts';
import type { Validators } from './validators.ts';

export interface SealDeps {
  ledger: Ledger;
  validators: Validators;
  key: SigningKey;
  logger: Logger;
  verifiedTexts: VerifiedTexts;
  onDropped: (type: TransactionDocument['type']) => void;
}

/** Signatures verified before other requests get a turn: about 5 ms of work. */
const VERIFIED_PER_TURN = 32;

/** The signed block that follows `parent`, from what waits. Nothing is committed yet; bad transactions are dropped on the way. */
export async function sealBlock(deps: SealDeps, parent: BlockDocument, nowMs: number): Promise<Block> {
  const { ledger, validators, key } = deps;
  const { limits } = validators;
  const entries = planBlock(await ledger.mempool.first(limits), limits);
  const verified = new Map<string, string>();
  const transactions = await stillGood(deps, entries, verified);
  const block = nextBlock({
    parent: toSignedHeader(parent),
    transactions,
    timestampMs: nowMs,
    validator: validators.leader,
    key,
  });
  // Our own block is judged as a stranger's would be: what others would refuse must not be committed.
  const verdict = verifyBlock(block, toSignedHeader(parent), {
    nowMs,
    limits,
    publicKeyOf: validators.publicKeyOf,
    mayLead: validators.mayLead,
    isVerified: (txHash, signature) => verified.get(txHash) === signature,
  });
  if (!verdict.valid)
    throw new Error(`the new block does not hold: ${verdict.errors.map(({ detail }) => detail).join('; ')}`);
  return block;
}

async function stillGood(
  { ledger, logger, verifiedTexts, onDropped }: SealDeps,
  entries: readonly MempoolEntry[],
  verified: Map<string, string>,
): Promise<Transaction[]> {
  const documents = await ledger.transactions.findAll(entries.map(({ _id }) => _id));
  const good: Transaction[] = [];
  const gone: string[] = [];
  for (const [index, { _id: txId }] of entries.entries()) {
    if (index % VERIFIED_PER_TURN === VERIFIED_PER_TURN - 1) await nextTurn();
    const document = documents.get(txId);
    if (document?.status !== 'pending') {
      gone.push(txId);
      continue;
    }
    const candidate = judgeCandidate(document, verifiedTexts);
    if ('reason' in candidate) {
      logger.error({ tx_id: txId, reason: candidate.reason }, 'a transaction no longer holds and is dropped');
      await ledger.transactions.drop(txId, candidate.reason);
      onDropped(document.type);
      gone.push(txId);
      continue;
    }
    verified.set(candidate.txHash, candidate.transaction.signature);
    good.push(candidate.transaction);
  }
  await ledger.mempool.remove(gone);
  return good;
}
