import { type blockchainEngine, pagination } from '@lucid/contracts';
import type { Block } from '@lucid/ledger';
import { type Handlers, Reply, type ServiceContext } from '@lucid/service';
import type { Deps } from './adapters/connect.ts';
import { judgeBlock } from './adapters/judge-block.ts';
import { takeOfferedBlock } from './adapters/offered-blocks.ts';
import { readBlock } from './adapters/read-block.ts';
import { type BlockDocument, toBlockSummary } from './domain/block-document.ts';
import { pageOfHeights } from './domain/page-of-heights.ts';
import { errors } from './errors.ts';

type BlockHandlers = Pick<
  Handlers<typeof blockchainEngine>,
  'listBlocks' | 'latestBlock' | 'blockAtHeight' | 'blockByHash' | 'submitBlock' | 'validateBlock'
>;

export const blockRoutes = (deps: Deps, { clock }: ServiceContext): BlockHandlers => {
  const { ledger, validators, threads } = deps;
  const found = (document: BlockDocument | null): Promise<Block> => {
    if (!document) throw errors.BLOCK_NOT_FOUND();
    return readBlock(ledger.transactions, document);
  };

  return {
    listBlocks: async ({ query }) => {
      const { page = 1, limit = 20, height_from = 0, height_to, sort = 'height_desc' } = query;
      const tip = (await ledger.blocks.head())?._id ?? -1;
      const within = { from: height_from, to: Math.min(height_to ?? tip, tip) };
      const order = sort === 'height_asc' ? 'ascending' : 'descending';
      const { range, total } = pageOfHeights(within, { page, limit, order });
      const heads = range ? await ledger.blocks.heads(range, order) : [];
      return { blocks: heads.map(toBlockSummary), pagination: pagination(page, limit, total) };
    },

    latestBlock: async () => found(await ledger.blocks.tip()),
    blockAtHeight: async ({ params }) => found(await ledger.blocks.at(params.height)),
    blockByHash: async ({ params }) => found(await ledger.blocks.byHash(params.hash)),

    submitBlock: async ({ body }) =>
      new Reply(201, toBlockSummary(await takeOfferedBlock({ ...deps, clock }, body))),

    validateBlock: async ({ body }) => {
      const startedMs = clock.monotonicMs();
      const below = body.header.height > 0 ? await ledger.blocks.at(body.header.height - 1) : null;
      const parent = below ?? (await ledger.blocks.tip());
      if (!parent) throw errors.BLOCK_NOT_FOUND();
      const {
        valid,
        errors: faults,
        ...checks
      } = await judgeBlock(ledger, validators, body, parent, clock.nowMs(), threads);
      return {
        valid,
        validation_results: checks,
        errors: faults.map((fault) => ({ ...fault })),
        validation_time_ms: clock.monotonicMs() - startedMs,
      };
    },
  };
};
