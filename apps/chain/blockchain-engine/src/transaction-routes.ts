import { type blockchainEngine, pagination } from '@lucid/contracts';
import { timestampOf } from '@lucid/ledger';
import type { Handlers, ServiceContext } from '@lucid/service';
import type { Deps } from './adapters/deps.ts';
import type { Ledger } from './adapters/ledger.ts';
import { toBatchError } from './adapters/submissions.ts';
import { transactionProof } from './adapters/transaction-proof.ts';
import { transactionRecords } from './adapters/transaction-records.ts';
import type { TransactionFilter } from './adapters/transactions.ts';
import { nextTickTimestamp } from './domain/ticks.ts';
import { toTransactionRecord } from './domain/transaction-document.ts';
import { errors } from './errors.ts';

type TransactionHandlers = Pick<
  Handlers<typeof blockchainEngine>,
  | 'listTransactions'
  | 'pendingTransactions'
  | 'getTransaction'
  | 'getTransactionProof'
  | 'submitTransaction'
  | 'submitBatch'
>;

export const transactionRoutes = (deps: Deps, { clock, random }: ServiceContext): TransactionHandlers => {
  const { ledger, submissions, blockTimeMs } = deps;
  return {
    listTransactions: async ({ query }) => {
      const { page = 1, limit = 20, sort = 'submitted_desc' } = query;
      const filter = await filterOf(ledger, query);
      if (!filter) return { transactions: [], pagination: pagination(page, limit, 0) };
      const order = sort === 'submitted_asc' ? 'ascending' : 'descending';
      const [documents, total] = await Promise.all([
        ledger.transactions.list(filter, { skip: (page - 1) * limit, limit, order }),
        ledger.transactions.count(filter),
      ]);
      return {
        transactions: await transactionRecords(ledger, documents),
        pagination: pagination(page, limit, total),
      };
    },

    pendingTransactions: async ({ query }) => {
      const entries = await ledger.mempool.oldest(query.limit ?? 20);
      const found = await ledger.transactions.findAll(entries.map(({ _id }) => _id));
      const waiting = entries.flatMap(({ _id }) => {
        const document = found.get(_id);
        return document?.status === 'pending' ? [toTransactionRecord(document)] : [];
      });
      return { transactions: waiting, count: await ledger.mempool.size() };
    },

    getTransaction: async ({ params }) => {
      const document = await ledger.transactions.find(params.tx_id);
      if (!document) throw errors.TRANSACTION_NOT_FOUND();
      const [record] = await transactionRecords(ledger, [document]);
      return record ?? toTransactionRecord(document);
    },

    getTransactionProof: ({ params }) => transactionProof(deps, params.tx_id),

    submitTransaction: async ({ body }) => {
      const { _id, status, submitted_at, confirmed_at } = await submissions.submit(body);
      return {
        tx_id: _id,
        status: status === 'confirmed' ? 'confirmed' : 'pending',
        submitted_at,
        estimated_confirmation_time: confirmed_at ?? nextTickTimestamp(clock.nowMs(), blockTimeMs),
      };
    },

    submitBatch: async ({ body }) => {
      const outcomes = await submissions.submitAll(body.transactions);
      const judged = outcomes.map((outcome, index) => ({
        tx_id: body.transactions[index]?.tx_id ?? '',
        outcome,
      }));
      const accepted = judged.filter(({ outcome }) => 'document' in outcome);
      const refused = judged.flatMap(({ tx_id, outcome }) =>
        'refusal' in outcome ? [toBatchError(tx_id, outcome.refusal)] : [],
      );
      return {
        batch_id: random.uuid(),
        submitted_count: accepted.length,
        failed_count: refused.length,
        transaction_ids: accepted.map(({ tx_id }) => tx_id),
        errors: refused,
      };
    },
  };
};

type Query = Parameters<TransactionHandlers['listTransactions']>[0]['query'];

/** What is asked for in words of the store; undefined when it can hold nothing. */
async function filterOf(
  { blocks }: Pick<Ledger, 'blocks'>,
  { type, status, block_id, block_height, from, to }: Query,
): Promise<TransactionFilter | undefined> {
  const filter = { type, status, from: instant(from), to: instant(to) };
  if (block_id === undefined && block_height === undefined) return filter;
  const block = block_id === undefined ? await blocks.at(block_height ?? -1) : await blocks.byRef(block_id);
  const isOther = block_height !== undefined && block?._id !== block_height;
  return block && !isOther ? { ...filter, txIds: block.transaction_ids } : undefined;
}

/** The one spelling in which times are kept, so that texts compare as times do. */
const instant = (text: string | undefined): string | undefined =>
  text === undefined ? undefined : timestampOf(Date.parse(text));
