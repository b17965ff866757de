import {
  baseVariables,
  type ConfigOf,
  defineConfig,
  flag,
  integer,
  list,
  meshVariables,
  mongoVariables,
  redisVariables,
  serviceUrl,
} from '@lucid/config';

const perMinute = (what: string, fallback: number) =>
  integer({ doc: `${what}, per user and minute.`, default: fallback, min: 1, max: 10_000_000 });

export const config = defineConfig('lucid-session-api', {
  ...baseVariables('lucid-session-api', 8087),
  ...meshVariables(),
  ...mongoVariables(),
  ...redisVariables(),
  SESSION_PIPELINE_URL: serviceUrl('lucid-session-pipeline', 8083),
  SESSION_RECORDER_URL: serviceUrl('lucid-session-recorder', 8084),
  SESSION_KEYS_URL: serviceUrl('lucid-session-keys', 8090),
  SESSION_STORAGE_URL: serviceUrl('lucid-session-storage', 8086),
  SESSION_ANCHORING_URL: serviceUrl('lucid-session-anchoring', 8085),
  BLOCKCHAIN_ENGINE_URL: serviceUrl('lucid-blockchain-engine', 8084),
  MAX_SESSIONS_PER_USER: integer({
    doc: 'Sessions a user may have, deleted ones not counted.',
    default: 100,
    min: 1,
  }),
  MAX_CONCURRENT_SESSIONS_PER_USER: integer({
    doc: 'Sessions of one user that may be starting, recording or paused at the same time.',
    default: 5,
    min: 1,
  }),
  MAX_CONCURRENT_SESSIONS: integer({
    doc: 'Sessions of all users that may be starting, recording or paused at the same time.',
    default: 100,
    min: 1,
  }),
  MAX_SESSION_SECONDS: integer({
    doc: 'A recording is stopped after so long, pauses included.',
    default: 86_400,
    min: 1,
    max: 86_400,
  }),
  IDLE_TIMEOUT_SECONDS: integer({
    doc: 'A recording that no byte arrives for is stopped after so long.',
    default: 7200,
    min: 1,
    max: 86_400,
  }),
  ARCHIVE_AFTER_DAYS: integer({
    doc: 'Files of completed sessions whose storage_config says archive are moved to the archive after so long.',
    default: 7,
    min: 1,
    max: 365,
  }),
  AUDIT_DAYS: integer({ doc: 'How long rows of the audit log are kept.', default: 365, min: 1, max: 3650 }),
  SWEEP_SECONDS: integer({
    doc: 'How often one instance looks for recordings that are over their time and for retention and archive that are due.',
    default: 10,
    min: 1,
    max: 21_600,
  }),
  RDP_HOSTS: list({
    doc: 'Desktop servers that a session may name. Empty: any, but none in production.',
  }),
  MAX_FEEDS: integer({
    doc: 'Live feeds that this instance serves at the same time.',
    default: 1000,
    min: 1,
  }),
  RATE_LIMIT_ENABLED: flag({
    doc: 'Whether users are limited here, beside the limits of the gateway.',
    default: true,
  }),
  RATE_LIMIT_CREATE_PER_MIN: perMinute('Sessions created', 10),
  RATE_LIMIT_READ_PER_MIN: perMinute('Sessions, their pipelines and proofs read', 100),
  RATE_LIMIT_UPDATE_PER_MIN: perMinute('Sessions changed', 50),
  RATE_LIMIT_DELETE_PER_MIN: perMinute('Sessions deleted', 5),
  RATE_LIMIT_CHUNK_PER_MIN: perMinute('Chunks listed and read', 1000),
  RATE_LIMIT_CONTROL_PER_MIN: perMinute('Starts, stops, pauses, resumes and retries', 20),
  RATE_LIMIT_STATISTICS_PER_MIN: perMinute('Statistics and audit logs read, feeds opened', 60),
  RATE_LIMIT_BULK_PER_MIN: perMinute('Whole recordings downloaded, verified or moved', 5),
  CHUNK_SIZE_MB: integer({
    doc: 'Plaintext MiB per chunk where the session does not say.',
    default: 10,
    min: 1,
    max: 10,
  }),
});

export type Settings = ConfigOf<typeof config>;
