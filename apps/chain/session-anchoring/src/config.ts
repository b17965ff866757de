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

export const config = defineConfig('lucid-session-anchoring', {
  ...baseVariables('lucid-session-anchoring', 8085),
  ...meshVariables(),
  ...mongoVariables(),
  BLOCKCHAIN_ENGINE_URL: serviceUrl('lucid-blockchain-engine', 8084),
  ANCHORING_SIGNING_KEY: secret({
    doc: 'Ed25519 private key that signs anchor transactions, PKCS#8 PEM.',
    required: true,
  }),
  ANCHORING_BATCH_SIZE: integer({
    doc: 'Anchorings, and checkpoints, worked on at the same time by this instance and sent in one batch.',
    default: 10,
    min: 1,
    max: 100,
  }),
  ANCHORING_BATCH_WAIT_MS: integer({
    doc: 'How long a request waits for others to fill a batch before it goes out without them; 0 sends each at once.',
    default: 5000,
    min: 0,
    max: 60_000,
  }),
  ANCHORING_TIMEOUT: integer({
    doc: 'Seconds from delivery to inclusion in a block before the delivery is repeated.',
    default: 60,
    min: 1,
    max: 3600,
  }),
  ANCHORING_POLL_MS: integer({
    doc: 'Pause between two looks at the engine while a transaction waits for its block.',
    default: 250,
    min: 10,
    max: 30_000,
  }),
  ANCHORING_RETRY_MS: integer({
    doc: 'First pause after the engine failed; doubles up to a minute.',
    default: 5000,
    min: 10,
    max: 60_000,
  }),
  ANCHORING_MAX_REQUEUES: integer({
    doc: 'How often an anchoring whose transaction was refused or dropped is tried again before it fails.',
    default: 5,
    min: 0,
    max: 100,
  }),
  ANCHORING_MAX_WAITING: integer({
    doc: 'More unconfirmed anchorings, or checkpoints, than this are refused (503).',
    default: 1000,
    min: 1,
    max: 1_000_000,
  }),
  ANCHORING_LEASE_MS: integer({
    doc: 'How long an anchoring stays with an instance that has died.',
    default: 15_000,
    min: 1000,
  }),
});

export type Settings = ConfigOf<typeof config>;
