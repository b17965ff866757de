import { counter, defineMetrics, gauge, histogram } from '@lucid/metrics';

export const metrics = defineMetrics({
  blockchain_block_height: gauge({ help: 'Height of the tip as this instance knows it.' }),
  blockchain_blocks_total: counter({ help: 'Blocks this instance put on the chain.' }),
  blockchain_transactions_total: counter({
    help: 'Transactions by what became of them.',
    labels: ['type', 'status'],
  }),
  blockchain_block_production_seconds: histogram({
    help: 'Time from the start of a block to its commit and clean-up.',
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
  }),
  blockchain_merkle_operations_total: counter({ help: 'Work on Merkle trees.', labels: ['operation'] }),
  blockchain_writer: gauge({ help: '1 while this instance is the one that makes blocks.' }),
  mempool_size: gauge({ help: 'Transactions that wait for a block.' }),
  ticks_skipped_total: counter({
    help: 'Ticks without a block that should have had one.',
    labels: ['reason'],
  }),
  slots_missed_total: counter({ help: 'Slots that ended without any block.' }),
  leader_takeovers_total: counter({ help: 'Times this instance took the writer’s lease from another.' }),
});
