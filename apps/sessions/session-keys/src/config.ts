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

const KEY_PATTERN = /^[0-9a-fA-F]{64}$/;

export const config = defineConfig('lucid-session-keys', {
  ...baseVariables('lucid-session-keys', 8090),
  ...meshVariables(),
  ...mongoVariables(),
  ENCRYPTION_KEY: secret({
    doc: 'Key-encryption key: 64 hex digits. Without it no recording can ever be read again.',
    required: true,
    pattern: KEY_PATTERN,
  }),
  ENCRYPTION_KEY_PREVIOUS: secret({
    doc: 'A second key-encryption key, accepted for what was wrapped with it; wrapped anew when it is used.',
    pattern: KEY_PATTERN,
  }),
  SESSION_STORAGE_URL: serviceUrl('lucid-session-storage', 8086),
  PLAINTEXT_READERS: integer({
    doc: 'Chunks opened at once, about 30 MiB of memory each; 0 means one per core, at most 4.',
    default: 0,
    min: 0,
    max: 64,
  }),
});

export type Settings = ConfigOf<typeof config>;
