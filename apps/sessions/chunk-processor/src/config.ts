import {
  baseVariables,
  type ConfigOf,
  defineConfig,
  integer,
  meshVariables,
  plaintextVariables,
  serviceUrl,
} from '@lucid/config';

export const config = defineConfig('lucid-chunk-processor', {
  ...baseVariables('lucid-chunk-processor', 8085),
  ...meshVariables(),
  ...plaintextVariables(),
  SESSION_RECORDER_URL: serviceUrl('lucid-session-recorder', 8084),
  SESSION_STORAGE_URL: serviceUrl('lucid-session-storage', 8086),
  CHUNK_PROCESSING_WORKERS: integer({
    doc: 'Chunks worked on at once, about 30 MiB of memory each; 0 means two per core, at most 8.',
    default: 0,
    min: 0,
    max: 64,
  }),
  COMPRESSION_LEVEL: integer({ doc: 'zstd level.', default: 3, min: 1, max: 19 }),
  CLAIM_IDLE_MS: integer({
    doc: 'Pause before asking again when the queue was empty.',
    default: 100,
    min: 10,
    max: 60_000,
  }),
  CHUNK_LEASE_SECONDS: integer({
    doc: 'How long a chunk is ours without being renewed.',
    default: 30,
    min: 3,
    max: 300,
  }),
});

export type Settings = ConfigOf<typeof config>;
