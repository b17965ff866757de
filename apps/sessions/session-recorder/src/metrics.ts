import { counter, defineMetrics, gauge, histogram } from '@lucid/metrics';

export const metrics = defineMetrics({
  recorder_bytes_total: counter({ help: 'Bytes received from clients and written.' }),
  recorder_chunks_sealed_total: counter({ help: 'Chunks cut, fsynced and given their final name.' }),
  recorder_active_recordings: gauge({ help: 'Recordings that take bytes on this instance.' }),
  recorder_paused_recordings: gauge({ help: 'Recordings that are paused on this instance.' }),
  recorder_capacity: gauge({ help: 'Recordings this instance takes at once.' }),
  recorder_auto_stops_total: counter({ help: 'Recordings ended by a limit.', labels: ['reason'] }),
  recorder_chunks_received_total: counter({
    help: 'Client-cut chunks by what became of them.',
    labels: ['outcome'],
  }),
  recorder_capture_restarts_total: counter({ help: 'Captures that had to be started again.' }),
  chunk_size_bytes: histogram({
    help: 'Plaintext of sealed chunks.',
    buckets: [65_536, 262_144, 1_048_576, 2_097_152, 4_194_304, 8_388_608, 10_485_760],
  }),
  recorder_fsync_duration_seconds: histogram({
    help: 'Time of one fsync of a chunk file.',
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
  }),
  recorder_registrations_pending: gauge({ help: 'Sealed chunks that MongoDB does not know yet.' }),
  recorder_uploads_total: counter({ help: 'Uploads by how they ended.', labels: ['outcome'] }),
  recorder_takeovers_total: counter({ help: 'Recordings taken over from a dead recorder.' }),
  recorder_fenced_total: counter({ help: 'Recordings lost to another recorder; files set aside.' }),
  recorder_disk_faults_total: counter({
    help: 'Recordings that failed because of the disk.',
    labels: ['reason'],
  }),
  chunk_queue_depth: gauge({ help: 'Chunks that wait for a processor or are with one.' }),
  chunks_claimed_total: counter({ help: 'Chunks given to processors.' }),
  chunks_completed_total: counter({ help: 'Chunks that processors brought to storage.' }),
  chunks_failed_total: counter({ help: 'Chunks that processors gave back.', labels: ['fault'] }),
  chunks_retried_total: counter({ help: 'Quarantined chunks that were put back into the queue.' }),
  chunks_quarantined_total: counter({ help: 'Chunks that cannot be processed.' }),
});
