import { counter, defineMetrics, gauge, histogram } from '@lucid/metrics';

const STAGE_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] as const;

export const metrics = defineMetrics({
  chunks_processed_total: counter({
    help: 'Chunks by what became of them: stored, known, lost, given_back, failed.',
    labels: ['status'],
  }),
  chunk_processing_duration_seconds: histogram({
    help: 'Time of each stage of a chunk, and of the whole.',
    labels: ['stage'],
    buckets: STAGE_BUCKETS,
  }),
  chunk_size_bytes: histogram({
    help: 'Size of chunks before (plain) and after (stored).',
    labels: ['form'],
    buckets: [1024, 65_536, 262_144, 1_048_576, 2_621_440, 5_242_880, 7_864_320, 10_485_760],
  }),
  chunk_compression_ratio: histogram({
    help: 'Compressed size over plain size; 1 where compression was not worth it.',
    buckets: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.98, 1],
  }),
  processor_plain_bytes_total: counter({ help: 'Plaintext bytes brought to storage.' }),
  processor_queue_depth: gauge({ help: 'Chunks in the queue when it was last asked.' }),
  processor_workers_busy: gauge({ help: 'Chunks being worked on.' }),
  processor_claim_failures_total: counter({ help: 'Times the queue could not be asked.' }),
  processor_rss_peak_bytes: gauge({ help: 'Most memory this process ever held.' }),
});
