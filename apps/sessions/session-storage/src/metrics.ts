import { counter, defineMetrics, gauge, histogram } from '@lucid/metrics';

export const metrics = defineMetrics({
  storage_operations_total: counter({ help: 'Operations on chunk files.', labels: ['operation', 'outcome'] }),
  storage_put_duration_seconds: histogram({
    help: 'Time to receive, hash, fsync and register a chunk.',
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
  }),
  storage_used_bytes: gauge({ help: 'Bytes of stored chunks.' }),
  storage_chunks: gauge({ help: 'Stored chunks.' }),
  storage_capacity_bytes: gauge({ help: 'Bytes that may be stored at most.' }),
  storage_critical_bytes: gauge({ help: 'Bytes beyond which chunks are refused.' }),
  storage_free_disk_bytes: gauge({
    help: 'Free bytes of the volume of the active half, as of the last count.',
  }),
  storage_archived_chunks: gauge({ help: 'Chunks in the archive.' }),
  storage_archived_bytes: gauge({ help: 'Bytes of chunks in the archive.' }),
  storage_removed_files_total: counter({ help: 'Files that a cleanup took away.', labels: ['what'] }),
  storage_sweeps_total: counter({ help: 'Sweeps by how they ended.', labels: ['outcome'] }),
  storage_last_sweep_timestamp_seconds: gauge({ help: 'When this instance last finished a sweep.' }),
});
