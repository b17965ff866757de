import { Block, MAX_BLOCK_BYTES } from '@lucid/ledger';
import { Type } from 'typebox';
import { BlockRef, BlockSummary } from './blockchain-types.ts';
import type { Endpoint } from './endpoint.ts';
import { AnyObject, Count, OneOf, PageQuery, Pagination, Strict } from './schemas.ts';

/** The largest block that a genesis block may allow, with spaces and escapes to spare. */
const BLOCK_BODY_BYTES = 2 * MAX_BLOCK_BYTES;

/** Literal paths stand before those with parameters. */
export const blockEndpoints = {
  listBlocks: {
    method: 'GET',
    path: '/api/v1/blocks',
    summary: 'Blocks, newest first unless sorted otherwise.',
    access: 'user_or_service',
    query: Strict({
      ...PageQuery,
      height_from: Type.Optional(Count),
      height_to: Type.Optional(Count),
      sort: Type.Optional(OneOf(['height_asc', 'height_desc', 'timestamp_asc', 'timestamp_desc'])),
    }),
    replies: { 200: Strict({ blocks: Type.Array(BlockSummary), pagination: Pagination }) },
  },
  latestBlock: {
    method: 'GET',
    path: '/api/v1/blocks/latest',
    summary: 'The tip.',
    access: 'user_or_service',
    replies: { 200: Block },
  },
  blockRange: {
    method: 'GET',
    path: '/api/v1/blocks/range',
    summary: 'Whole blocks from one height to another, lowest first; as many as fit into an answer.',
    access: 'user_or_service',
    query: Strict({
      height_from: Count,
      height_to: Count,
    }),
    replies: {
      200: Strict({
        blocks: Type.Array(Block, { maxItems: 100 }),
        /** Where to go on; absent when everything up to `height_to`, or to the tip, is here. */
        next_height: Type.Optional(Count),
      }),
    },
  },
  blockAtHeight: {
    method: 'GET',
    path: '/api/v1/blocks/height/:height',
    summary: 'The block at a height.',
    access: 'user_or_service',
    params: Strict({ height: Count }),
    replies: { 200: Block },
  },
  blockByHash: {
    method: 'GET',
    path: '/api/v1/blocks/:block',
    summary: 'A block by its id or its hash.',
    access: 'user_or_service',
    params: Strict({ block: BlockRef }),
    replies: { 200: Block },
  },
  submitBlock: {
    method: 'POST',
    path: '/api/v1/blocks',
    summary: 'Offer a block; the leader of the slot only.',
    access: 'service',
    body: Block,
    bodyLimitBytes: BLOCK_BODY_BYTES,
    replies: { 201: BlockSummary },
  },
  validateBlock: {
    method: 'POST',
    path: '/api/v1/blocks/validate',
    summary: 'Check a block against the chain without taking it; as `block_data` it may be anything.',
    access: 'admin',
    idempotent: true,
    body: Type.Union([Block, Strict({ block_data: AnyObject })]),
    bodyLimitBytes: BLOCK_BODY_BYTES,
    replies: {
      200: Strict({
        valid: Type.Boolean(),
        validation_results: Type.Record(Type.String(), Type.Boolean()),
        errors: Type.Array(AnyObject),
        validation_time_ms: Type.Number({ minimum: 0 }),
      }),
    },
  },
} as const satisfies Record<string, Endpoint>;
