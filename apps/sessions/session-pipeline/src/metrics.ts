import { counter, defineMetrics, gauge, histogram } from '@lucid/metrics';

export const metrics = defineMetrics({
  pipeline_stage_duration_seconds: histogram({
    help: 'Time of one step of a stage.',
    labels: ['stage'],
    buckets: [0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30],
  }),
  pipeline_errors_total: counter({ help: 'Steps that failed.', labels: ['stage', 'retryable'] }),
  pipeline_queue_depth: gauge({ help: 'Pipelines that are due and wait for a worker.' }),
  pipelines_active: gauge({ help: 'Pipelines that are not at rest.' }),
  pipeline_checkpoints_total: counter({
    help: 'Checkpoints of running recordings that were handed to anchoring, or could not be.',
    labels: ['outcome'],
  }),
  live_anchor_age_seconds: gauge({
    help: 'How long the chain has not heard of the recording that has waited longest; 0 when nothing is recorded.',
  }),
  pipelines_ended_total: counter({ help: 'Pipelines that came to an end.', labels: ['outcome'] }),
});
