import { Transaction } from '@lucid/ledger';
import { Type } from 'typebox';
import { BlockRef, TransactionProof, TransactionRecord, TransactionStatus } from './blockchain-types.ts';
import type { Endpoint } from './endpoint.ts';
import { Count, OneOf, PageQuery, Pagination, Strict, Timestamp, Uuid } from './schemas.ts';

const Accepted = Strict({
  tx_id: Uuid,
  status: OneOf(['pending', 'confirmed']),
  submitted_at: Timestamp,
  estimated_confirmation_time: Timestamp,
});

/** Literal paths stand before those with parameters. */
export const transactionEndpoints = {
  listTransactions: {
    method: 'GET',
    path: '/api/v1/transactions',
    summary:
      'Transactions, newest first unless sorted otherwise; `from` and `to` are about when they were handed in.',
    access: 'user_or_service',
    query: Strict({
      ...PageQuery,
      type: Type.Optional(OneOf(['session_anchor', 'data_storage', 'consensus_vote', 'system'])),
      status: Type.Optional(TransactionStatus),
      block_id: Type.Optional(BlockRef),
      block_height: Type.Optional(Count),
      from: Type.Optional(Timestamp),
      to: Type.Optional(Timestamp),
      sort: Type.Optional(OneOf(['submitted_asc', 'submitted_desc'])),
    }),
    replies: { 200: Strict({ transactions: Type.Array(TransactionRecord), pagination: Pagination }) },
  },
  pendingTransactions: {
    method: 'GET',
    path: '/api/v1/transactions/pending',
    summary: 'The mempool, oldest first.',
    access: 'user_or_service',
    query: Strict({ limit: PageQuery.limit }),
    replies: { 200: Strict({ transactions: Type.Array(TransactionRecord), count: Count }) },
  },
  getTransaction: {
    method: 'GET',
    path: '/api/v1/transactions/:tx_id',
    summary: 'One transaction.',
    access: 'user_or_service',
    params: Strict({ tx_id: Uuid }),
    replies: { 200: TransactionRecord },
  },
  getTransactionProof: {
    method: 'GET',
    path: '/api/v1/transactions/:tx_id/proof',
    summary: 'Path, header, signature and genesis: the transaction’s place on the chain, provable offline.',
    access: 'user_or_service',
    params: Strict({ tx_id: Uuid }),
    replies: { 200: TransactionProof },
  },
  submitTransaction: {
    method: 'POST',
    path: '/api/v1/transactions',
    summary: 'Hand in a signed transaction. Idempotent on tx_id.',
    access: 'service',
    idempotent: true,
    body: Transaction,
    replies: { 202: Accepted },
  },
  submitBatch: {
    method: 'POST',
    path: '/api/v1/transactions/batch',
    summary: 'Hand in up to 100 signed transactions; each is judged by itself.',
    access: 'service',
    idempotent: true,
    body: Strict({ transactions: Type.Array(Transaction, { minItems: 1, maxItems: 100 }) }),
    bodyLimitBytes: 16 * 1024 * 1024,
    replies: {
      202: Strict({
        batch_id: Uuid,
        submitted_count: Count,
        failed_count: Count,
        transaction_ids: Type.Array(Uuid),
        errors: Type.Array(Strict({ tx_id: Uuid, code: Type.String(), message: Type.String() })),
      }),
    },
  },
} as const satisfies Record<string, Endpoint>;
