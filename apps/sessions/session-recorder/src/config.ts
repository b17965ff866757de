import {
  baseVariables,
  type ConfigOf,
  defineConfig,
  integer,
  meshVariables,
  mongoVariables,
  text,
} from '@lucid/config';

export const config = defineConfig('lucid-session-recorder', {
  ...baseVariables('lucid-session-recorder', 8084),
  ...meshVariables(),
  ...mongoVariables(),
  DATA_DIR: text({ doc: 'Folder of the plaintext that is not in storage yet.', default: '/data/sessions' }),
  CHUNK_SIZE_MB: integer({
    doc: 'Largest chunk in MiB; a session may ask for smaller ones.',
    default: 10,
    min: 1,
    max: 10,
  }),
  CHUNK_MAX_SECONDS: integer({
    doc: 'A chunk is cut after this time, however small.',
    default: 300,
    min: 1,
    max: 86_400,
  }),
  CHUNK_MAX_ATTEMPTS: integer({
    doc: 'Failed attempts after which a chunk is quarantined.',
    default: 3,
    min: 1,
    max: 100,
  }),
  MAX_CONCURRENT_RECORDINGS: integer({
    doc: 'Recordings this instance takes at once.',
    default: 100,
    min: 1,
    max: 10_000,
  }),
  UPLOAD_IDLE_SECONDS: integer({
    doc: 'An upload that sends nothing for this long is ended, so that the client can come back.',
    default: 60,
    min: 1,
    max: 3600,
  }),
  OWNER_LEASE_SECONDS: integer({
    doc: 'A recorder that does not renew for this long may lose its recordings to another.',
    default: 30,
    min: 1,
    max: 600,
  }),
  OWNER_GRACE_SECONDS: integer({
    doc: 'How long a stop waits for a dead owner that holds acknowledged bytes, before the rest is given up.',
    default: 300,
    min: 0,
    max: 86_400,
  }),
  ORPHAN_RETENTION_HOURS: integer({
    doc: 'Files of recordings that another recorder has taken over are kept this long.',
    default: 168,
    min: 0,
    max: 8760,
  }),
});

export type Settings = ConfigOf<typeof config>;
