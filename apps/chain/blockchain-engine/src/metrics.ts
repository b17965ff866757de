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
  blockchain_rate_limited_total: counter({
    help: 'Requests of users over the limit of their group.',
    labels: ['group'],
  }),
  chain_integrity_height: gauge({ help: 'Next height that the scan of all kept blocks looks at.' }),
  chain_integrity_rounds_total: counter({ help: 'Times the scan has been over the whole chain.' }),
  quarantined_blocks: gauge({ help: 'Blocks of our own chain that do not hold at the moment.' }),
  blockchain_block_gap_seconds: gauge({
    help: 'Age of the newest block; 0 where blocks are made for transactions alone.',
  }),
  blockchain_ticks_without_block: gauge({
    help: 'Ticks in a row, up to now, that brought no block.',
  }),
  blockchain_peers_connected: gauge({ help: 'Other validators that answered of late.' }),
  blockchain_peers_expected: gauge({ help: 'Other validators whose addresses are known.' }),
  mempool_size: gauge({ help: 'Transactions that wait for a block.' }),
  ticks_skipped_total: counter({
    help: 'Ticks without a block that should have had one.',
    labels: ['reason'],
  }),
  slots_missed_total: counter({ help: 'Slots that ended without any block.' }),
  consensus_evidence_total: counter({
    help: 'Times a validator was seen to say two different things.',
    labels: ['kind'],
  }),
  blockchain_consensus_votes_total: counter({
    help: 'Votes this validator has sent to all others, repetitions included.',
    labels: ['phase', 'decision'],
  }),
  leader_takeovers_total: counter({ help: 'Times this instance took the writer’s lease from another.' }),
});
