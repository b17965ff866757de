import { counter, defineMetrics, gauge, histogram } from '@lucid/metrics';

export const metrics = defineMetrics({
  plaintext_reads_total: counter({ help: 'Stored chunks opened for readers.', labels: ['outcome'] }),
  chunk_open_duration_seconds: histogram({
    help: 'Time from the request to the whole plaintext, audit rows and storage included.',
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  }),
  session_keys_created_total: counter({ help: 'Session keys minted.' }),
  session_keys_destroyed_total: counter({ help: 'Session keys destroyed.' }),
  session_keys_rewrapped_total: counter({
    help: 'Session keys wrapped anew with the current key-encryption key.',
  }),
  session_keys_under_previous_kek: gauge({
    help: 'Living session keys that only ENCRYPTION_KEY_PREVIOUS opens, when last counted.',
  }),
  key_audit_failures_total: counter({ help: 'Audit rows that could not be written; nothing was opened.' }),
});
