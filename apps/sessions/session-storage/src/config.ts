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
  ARCHIVE_DIR: text({
    doc: 'Folder of the archive, perhaps on another volume; empty: `archive` in DATA_DIR.',
    default: '',
  }),
  MAX_STORAGE_SIZE_GB: integer({
    doc: 'Capacity in GiB, archive included.',
    default: 1000,
    min: 1,
  }),
  STORAGE_WARN_PERCENT: integer({
    doc: 'From this share of the capacity on the level is `warning`.',
    default: 90,
    min: 1,
    max: 100,
  }),
  STORAGE_CRITICAL_PERCENT: integer({
    doc: 'Chunks that would pass this share of the capacity are refused (507).',
    default: 95,
    min: 1,
    max: 100,
  }),
  ARCHIVE_AFTER_DAYS: integer({
    doc: 'Sessions whose last chunk came this long ago are moved to the archive; 0: never.',
    default: 7,
    min: 0,
    max: 3650,
  }),
  SWEEP_HOURS: integer({
    doc: 'One instance archives and cleans up this often.',
    default: 6,
    min: 1,
    max: 168,
  }),
  CLEANUP_AGE_HOURS: integer({
    doc: 'Files without a record and unfinished ones are left alone for this long: somebody may be writing them.',
    default: 24,
    min: 0,
    max: 8760,
  }),
  QUARANTINE_DAYS: integer({
    doc: 'Files that no record knows are set aside for this long before they are removed.',
    default: 7,
    min: 0,
    max: 3650,
  }),
  MIN_FREE_DISK_MB: integer({
    doc: 'Chunks are refused (507) when the disk has less than this many MiB left.',
    default: 256,
    min: 0,
  }),
});

export type Settings = ConfigOf<typeof config>;
