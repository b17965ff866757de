import {
  baseVariables,
  type ConfigOf,
  defineConfig,
  integer,
  meshVariables,
  mongoVariables,
  secret,
  serviceUrl,
} from '@lucid/config';

export const config = defineConfig('lucid-session-pipeline', {
  ...baseVariables('lucid-session-pipeline', 8083),
  ...meshVariables(),
  ...mongoVariables(),
  SESSION_API_URL: serviceUrl('lucid-session-api', 8087),
  SESSION_RECORDER_URL: serviceUrl('lucid-session-recorder', 8084),
  SESSION_KEYS_URL: serviceUrl('lucid-session-keys', 8090),
  SESSION_STORAGE_URL: serviceUrl('lucid-session-storage', 8086),
  SESSION_ANCHORING_URL: serviceUrl('lucid-session-anchoring', 8085),
  BLOCKCHAIN_ENGINE_URL: serviceUrl('lucid-blockchain-engine', 8084),
  MANIFEST_SIGNING_KEY: secret({
    doc: 'Ed25519 private key that signs manifests, PKCS#8 PEM.',
    required: true,
  }),
  LIVE_ANCHOR_SECONDS: integer({
    doc: 'Pause between two checkpoints that a running recording puts on the chain; 0 turns them off.',
    default: 60,
    min: 0,
    max: 86_400,
  }),
  PIPELINE_MAX_RETRIES: integer({
    doc: 'How often a gap in the stored chunks is looked at again before the session fails.',
    default: 3,
    min: 0,
    max: 100,
  }),
  PIPELINE_WORKERS: integer({
    doc: 'Pipelines driven at the same time by this instance.',
    default: 8,
    min: 1,
    max: 64,
  }),
  PIPELINE_POLL_MS: integer({
    doc: 'Pause between two looks for pipelines that are due.',
    default: 100,
    min: 10,
    max: 10_000,
  }),
  PIPELINE_LEASE_MS: integer({
    doc: 'How long a pipeline stays with an instance that has died.',
    default: 15_000,
    min: 1000,
  }),
});

export type Settings = ConfigOf<typeof config>;
