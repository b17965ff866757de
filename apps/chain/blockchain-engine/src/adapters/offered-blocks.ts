import type { Clock } from '@lucid/clock';
import { isoTime } from '@lucid/clock';
import { type Block, blockHash, txHash, verifyHash } from '@lucid/ledger';
import type { BlockDocument } from '../domain/block-document.ts';
import { toTransactionDocument } from '../domain/transaction-document.ts';
import { errors } from '../errors.ts';
import type { Ranking } from './consensus/ranking.ts';
import { judgeBlock } from './judge-block.ts';
import type { Ledger } from './ledger.ts';
import type { Producer } from './producer.ts';
import type { Validators } from './validators.ts';
import type { ChainThreads } from './workers/chain-threads.ts';

interface Deps {
  ledger: Ledger;
  validators: Validators;
  ranking: Pick<Ranking, 'atTip'>;
  producer: Pick<Producer, 'accept'>;
  threads: ChainThreads;
  clock: Clock;
}

/**
 * A block that comes from outside is looked at only when the leader of its slot signed it.
 * @throws 6201 for everybody else's, 6002 when it breaks a rule, 6003 when it comes too late, 6202 on an instance that stands by,
 *   501 among several validators, where a block is proposed to all
 */
export async function takeOfferedBlock(deps: Deps, block: Block): Promise<BlockDocument> {
  const { ledger, validators, ranking, producer, clock } = deps;
  if (!isSigned(validators, block)) throw errors.NOT_LEADER();
  const state = await ranking.atTip();
  const isPast = block.header.slot < state.tip.slot; // too late, whoever led then
  if (!isPast && !state.mayLead(block.header)) throw errors.NOT_LEADER();
  return producer.accept(async (tip) => {
    if (block.header.height <= tip._id) throw errors.HEIGHT_TAKEN();
    const verdict = await judgeBlock(deps, { block, parent: tip, nowMs: clock.nowMs(), ranking: state });
    if (!verdict.valid) throw errors.BLOCK_INVALID({ details: { checks: verdict.errors } });
    const conflicts = await keep(ledger, block, isoTime(clock));
    if (conflicts) throw errors.TRANSACTION_CONFLICT();
    return block;
  });
}

function isSigned({ publicKeyOf }: Validators, { header, hash, signature }: Block): boolean {
  const publicKey = publicKeyOf(header.validator);
  return publicKey !== undefined && hash === blockHash(header) && verifyHash(hash, signature, publicKey);
}

/** Its transactions are kept before it is. @returns whether one of its ids belongs to another transaction */
async function keep({ transactions }: Ledger, block: Block, at: string): Promise<boolean> {
  const documents = block.transactions.map((transaction) =>
    toTransactionDocument(transaction, txHash(transaction), at),
  );
  const known = await transactions.add(documents);
  const kept = await transactions.findAll([...known]);
  return documents.some(({ _id, text }) => kept.has(_id) && kept.get(_id)?.text !== text);
}
