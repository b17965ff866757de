import { counter, defineMetrics, gauge, histogram } from '@lucid/metrics';

export const metrics = defineMetrics({
  storage_operations_total: counter({ help: 'Operations on chunk files.', labels: ['operation', 'outcome'] }),
  storage_put_duration_seconds: histogram({
    help: 'Time to receive, hash, fsync and register a chunk.',
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
  }),
  storage_used_bytes: gauge({ help: 'Bytes of stored chunks.' }),
  storage_chunks: gauge({ help: 'Stored chunks.' }),
});
