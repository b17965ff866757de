import type { Instruments } from '@lucid/metrics';
import type { metrics } from '../metrics.ts';
import type { DeliveryCounts } from './outcomes.ts';

type Meters = Instruments<(typeof metrics)['definitions']>;

export const anchorCounts = (meters: Meters): DeliveryCounts => ({
  reached: (status) => meters.blockchain_session_anchorings_total.inc({ status }),
  confirmedAfter: (seconds) => meters.anchoring_confirmation_seconds.observe(seconds),
  again: (reason) => meters.anchoring_retries_total.inc({ reason }),
});

export const checkpointCounts = (meters: Meters): DeliveryCounts => ({
  reached: (status) => meters.session_checkpoints_total.inc({ status }),
  confirmedAfter: (seconds) => meters.checkpoint_confirmation_seconds.observe(seconds),
  again: (reason) => meters.anchoring_retries_total.inc({ reason }),
});
