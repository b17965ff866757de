import { type blockchainEngine, pagination } from '@lucid/contracts';
import type { Block } from '@lucid/ledger';
import { type Handlers, Reply, type ServiceContext } from '@lucid/service';
import { blockRange } from './adapters/block-range.ts';
import type { Deps } from './adapters/deps.ts';
import { takeOfferedBlock } from './adapters/offered-blocks.ts';
import { validationReport } from './adapters/validation-report.ts';
import { toBlockSummary } from './domain/block-document.ts';
import { pageOfHeights } from './domain/page-of-heights.ts';
import { errors } from './errors.ts';

type BlockHandlers = Pick<
  Handlers<typeof blockchainEngine>,
  | 'listBlocks'
  | 'latestBlock'
  | 'blockRange'
  | 'blockAtHeight'
  | 'blockByHash'
  | 'submitBlock'
  | 'validateBlock'
>;

export const blockRoutes = (deps: Deps, { clock }: ServiceContext): BlockHandlers => {
  const { ledger, validators, threads, recentBlocks } = deps;
  const found = async (reading: Promise<Block | undefined>): Promise<Block> => {
    const block = await reading;
    if (!block) throw errors.BLOCK_NOT_FOUND();
    return block;
  };

  return {
    listBlocks: async ({ query }) => {
      const { page = 1, limit = 20, height_from = 0, height_to, sort = 'height_desc' } = query;
      const tip = (await ledger.blocks.head())?._id ?? -1;
      const within = { from: height_from, to: Math.min(height_to ?? tip, tip) };
      // A block is younger than the one below it, so heights and times have one order.
      const order = sort.endsWith('_asc') ? 'ascending' : 'descending';
      const { range, total } = pageOfHeights(within, { page, limit, order });
      const heads = range ? await ledger.blocks.heads(range, order) : [];
      return { blocks: heads.map(toBlockSummary), pagination: pagination(page, limit, total) };
    },

    blockRange: ({ query }) => blockRange(ledger, { from: query.height_from, to: query.height_to }),
    latestBlock: () => found(recentBlocks.latest()),
    blockAtHeight: ({ params }) => found(recentBlocks.at(params.height)),
    blockByHash: ({ params }) => found(recentBlocks.byRef(params.block)),

    submitBlock: async ({ body }) =>
      new Reply(201, toBlockSummary(await takeOfferedBlock({ ...deps, clock }, body))),

    validateBlock: async ({ body }) => {
      const startedMs = clock.monotonicMs();
      const candidate = 'block_data' in body ? body.block_data : body;
      const {
        valid,
        errors: faults,
        ...checks
      } = await validationReport({ ledger, validators, threads }, candidate, clock.nowMs());
      return {
        valid,
        validation_results: checks,
        errors: faults.map((fault) => ({ ...fault })),
        validation_time_ms: clock.monotonicMs() - startedMs,
      };
    },
  };
};
