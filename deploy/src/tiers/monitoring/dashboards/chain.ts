import type { Dashboard } from './dashboard.ts';
import { lines, numbers, perSecond, quantile, query } from './panel.ts';

/** @param validators each has a writer of its own */
export const chain = (validators: number): Dashboard => ({
  name: 'blockchain',
  title: 'Lucid 02 Blockchain Core',
  panels: [
    numbers('Height', 'none', query('max(blockchain_block_height)', 'blocks')),
    numbers(
      'Writers',
      'none',
      query(
        'sum(blockchain_writer)',
        validators === 1 ? 'must be one' : `must be ${validators}, one of each validator`,
      ),
    ),
    lines('Blocks', 'ops', query(perSecond('blockchain_blocks_total', []), 'made')),
    lines(
      'Blocks that were not made',
      'ops',
      query(perSecond('ticks_skipped_total', ['reason']), 'skipped: {{reason}}'),
      query(perSecond('slots_missed_total', []), 'slots without a block'),
      query(perSecond('leader_takeovers_total', []), 'takeovers'),
    ),
    lines(
      'Time to make a block',
      's',
      query(quantile(0.95, 'blockchain_block_production_seconds', []), '95th percentile'),
    ),
    lines(
      'Transactions',
      'ops',
      query(perSecond('blockchain_transactions_total', ['type', 'status']), '{{type}} {{status}}'),
    ),
    lines('Waiting for a block', 'short', query('max by (service) (mempool_size)', '{{service}}')),
    lines(
      'Work on Merkle trees',
      'ops',
      query(perSecond('blockchain_merkle_operations_total', ['operation']), '{{operation}}'),
    ),
    lines(
      'Anchorings',
      'ops',
      query(perSecond('blockchain_session_anchorings_total', ['status']), '{{status}}'),
      query(perSecond('anchoring_retries_total', ['reason']), 'again: {{reason}}'),
    ),
    lines(
      'From request to block',
      's',
      query(quantile(0.5, 'anchoring_confirmation_seconds', []), 'median'),
      query(quantile(0.95, 'anchoring_confirmation_seconds', []), '95th percentile'),
    ),
    lines(
      'Checkpoints of running recordings',
      'ops',
      query(perSecond('session_checkpoints_total', ['status']), '{{status}}'),
    ),
    lines(
      'Verifications',
      'ops',
      query(perSecond('anchoring_verifications_total', ['result']), '{{result}}'),
    ),
    lines('Anchorings that wait', 'short', query('max(anchoring_queue_depth)', 'waiting')),
  ],
});
