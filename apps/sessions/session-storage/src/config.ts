import {
  baseVariables,
  type ConfigOf,
  defineConfig,
  integer,
  meshVariables,
  mongoVariables,
  text,
} from '@lucid/config';

export const config = defineConfig('lucid-session-storage', {
  ...baseVariables('lucid-session-storage', 8086),
  ...meshVariables(),
  ...mongoVariables(),
  DATA_DIR: text({ doc: 'Folder of the encrypted chunks.', default: '/data/storage' }),
  MAX_STORAGE_SIZE_GB: integer({
    doc: 'Chunks are refused (507) above this many GiB.',
    default: 1000,
    min: 1,
  }),
  MIN_FREE_DISK_MB: integer({
    doc: 'Chunks are refused (507) when the disk has less than this many MiB left.',
    default: 256,
    min: 0,
  }),
});

export type Settings = ConfigOf<typeof config>;
