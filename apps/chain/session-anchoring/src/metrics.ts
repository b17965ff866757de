import { counter, defineMetrics, gauge, histogram } from '@lucid/metrics';

export const metrics = defineMetrics({
  blockchain_session_anchorings_total: counter({
    help: 'Anchorings that reached a state.',
    labels: ['status'],
  }),
  anchoring_confirmation_seconds: histogram({
    help: 'Time from the request to the block.',
    buckets: [0.5, 1, 2.5, 5, 10, 20, 30, 60, 120, 600, 3600],
  }),
  anchoring_retries_total: counter({ help: 'Turns that have to be taken again.', labels: ['reason'] }),
  anchoring_queue_depth: gauge({ help: 'Anchorings that are pending or processing.' }),
  checkpoint_queue_depth: gauge({ help: 'Checkpoints that are pending or processing.' }),
  session_checkpoints_total: counter({ help: 'Checkpoints that reached a state.', labels: ['status'] }),
  checkpoint_confirmation_seconds: histogram({
    help: 'Time from the request for a checkpoint to its block.',
    buckets: [0.5, 1, 2.5, 5, 10, 20, 30, 60, 120, 600, 3600],
  }),
  anchoring_verifications_total: counter({ help: 'Anchors that were verified.', labels: ['result'] }),
});
