import {
  baseVariables,
  type ConfigOf,
  defineConfig,
  integer,
  meshVariables,
  mongoVariables,
  serviceUrl,
} from '@lucid/config';

export const config = defineConfig('lucid-session-api', {
  ...baseVariables('lucid-session-api', 8087),
  ...meshVariables(),
  ...mongoVariables(),
  SESSION_PIPELINE_URL: serviceUrl('lucid-session-pipeline', 8083),
  SESSION_RECORDER_URL: serviceUrl('lucid-session-recorder', 8084),
  CHUNK_PROCESSOR_URL: serviceUrl('lucid-chunk-processor', 8085),
  SESSION_STORAGE_URL: serviceUrl('lucid-session-storage', 8086),
  SESSION_ANCHORING_URL: serviceUrl('lucid-session-anchoring', 8085),
  BLOCKCHAIN_ENGINE_URL: serviceUrl('lucid-blockchain-engine', 8084),
  MAX_SESSIONS_PER_USER: integer({
    doc: 'Sessions a user may have, deleted ones not counted.',
    default: 100,
    min: 1,
  }),
  CHUNK_SIZE_MB: integer({
    doc: 'Plaintext MiB per chunk where the session does not say.',
    default: 10,
    min: 1,
    max: 10,
  }),
});

export type Settings = ConfigOf<typeof config>;
