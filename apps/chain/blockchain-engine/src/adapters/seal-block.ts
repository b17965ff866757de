import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Random } from '@lucid/clock';
import {
  type Block,
  canonicalJson,
  nextBlock,
  type SigningKey,
  signTransaction,
  slotAt,
  type Transaction,
  timestampOf,
  txHash,
  verifyBlock,
} from '@lucid/ledger';
import type { Logger } from '@lucid/logging';
import type { BlockJudge, PootState } from '@lucid/poot';
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
  random: Random;
  logger: Logger;
  verifiedTexts: VerifiedTexts;
  onDropped: (type: TransactionDocument['type']) => void;
}

export interface SealRequest {
  parent: Pick<BlockDocument, 'header' | 'hash' | 'signature'>;
  /** Milliseconds since 1970, of the header. */
  timestampMs: number;
  fallbackIndex: number;
  /** After `parent`. */
  ranking: PootState;
}

export interface Sealed {
  block: Block;
  /** Those of its transactions that are in no store yet. */
  unkept: Transaction[];
}

/** Signatures verified before other requests get a turn: about 5 ms of work. */
const VERIFIED_PER_TURN = 32;

/**
 * The signed block that follows `parent`, from what waits; the first of an epoch begins with the tally. Nothing is committed
 * yet; bad transactions are dropped on the way.
 */
export async function sealBlock(deps: SealDeps, request: SealRequest): Promise<Sealed> {
  const { ledger, validators, key } = deps;
  const { ranking, timestampMs, fallbackIndex } = request;
  const parent = toSignedHeader(request.parent);
  const judge = ranking.openBlock(slotAt(timestampMs));
  const tally = tallyFor(deps, request);
  const limits = without(validators.limits, tally);
  const entries = planBlock(await ledger.mempool.first(limits), limits);
  const verified = new Map<string, string>();
  for (const transaction of tally) {
    judge.judge(transaction);
    verified.set(txHash(transaction), transaction.signature);
  }
  const transactions = [...tally, ...(await stillGood(deps, { entries, verified, judge }))];
  const block = nextBlock({
    parent,
    transactions,
    timestampMs,
    validator: validators.self,
    fallbackIndex,
    key,
    txHashes: [...verified.keys()],
  });
  // Our own block is judged as a stranger's would be: what others would refuse must not be committed.
  const verdict = verifyBlock(block, parent, {
    nowMs: timestampMs,
    limits: validators.limits,
    publicKeyOf: validators.publicKeyOf,
    mayLead: ranking.mayLead,
    isVerified: (txHash, signature) => verified.get(txHash) === signature,
  });
  if (!verdict.valid)
    throw new Error(`the new block does not hold: ${verdict.errors.map(({ detail }) => detail).join('; ')}`);
  return { block, unkept: tally };
}

/** What the leader of the first block of an epoch has to put in, and nobody else. */
function tallyFor({ key, random }: SealDeps, { ranking, timestampMs }: SealRequest): Transaction[] {
  const data = ranking.tallyDue(slotAt(timestampMs));
  if (!data) return [];
  const draft = {
    tx_id: random.uuid(),
    type: 'system' as const,
    data: { ...data },
    timestamp: timestampOf(timestampMs),
  };
  return [signTransaction(draft, key)];
}

function without(limits: Validators['limits'], taken: readonly Transaction[]): Validators['limits'] {
  const bytes = taken.reduce(
    (sum, transaction) => sum + Buffer.byteLength(canonicalJson(transaction)) + 1,
    0,
  );
  return {
    ...limits,
    max_transactions: limits.max_transactions - taken.length,
    max_block_bytes: limits.max_block_bytes - bytes,
  };
}

interface Candidates {
  entries: readonly MempoolEntry[];
  /** Hash and signature of what is known to hold, in the order of the block. */
  verified: Map<string, string>;
  judge: BlockJudge;
}

async function stillGood(deps: SealDeps, { entries, verified, judge }: Candidates): Promise<Transaction[]> {
  const { ledger, verifiedTexts } = deps;
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
    const candidate = judgeCandidate(document, verifiedTexts, judge);
    if ('reason' in candidate) {
      await drop(deps, document, candidate.reason);
      gone.push(txId);
      continue;
    }
    verified.set(candidate.txHash, candidate.transaction.signature);
    good.push(candidate.transaction);
  }
  await ledger.mempool.remove(gone);
  return good;
}

async function drop({ ledger, logger, onDropped }: SealDeps, document: TransactionDocument, reason: string) {
  logger.error({ tx_id: document._id, reason }, 'a transaction no longer holds');
  await ledger.transactions.drop(document._id, reason, 'failed');
  onDropped(document.type);
}
