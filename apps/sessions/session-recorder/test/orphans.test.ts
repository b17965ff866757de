import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@lucid/testing';
import { expect, it } from 'vitest';
import { diskFileSystem } from '../src/adapters/file-system.ts';
import { orphanPath, removeOldOrphans } from '../src/adapters/orphans.ts';
import { config } from '../src/config.ts';

const DAY_MS = 86_400_000;

it('what was set aside is removed after seven days, and not a day earlier', async () => {
  using folder = temporaryFolder('orphans');
  const nowMs = Date.UTC(2026, 0, 31);
  const [old, young] = [8, 6].map((days) =>
    orphanPath(folder.path, '6f9619ff-8b86-4011-b42d-00cf4fc964ff', nowMs - days * DAY_MS),
  ) as [string, string];
  for (const path of [old, young]) {
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, '000001.chunk'), 'plaintext');
  }
  const environment = {
    MONGODB_URI: 'mongodb://localhost/x',
    SERVICE_PRIVATE_KEY: 'k',
    SERVICE_KEYS_FILE: 'f',
  };
  const retentionMs = config.load(environment).ORPHAN_RETENTION_HOURS * 3_600_000;
  expect(retentionMs).toBe(7 * DAY_MS);
  expect(await removeOldOrphans(diskFileSystem, folder.path, nowMs - retentionMs)).toBe(1);
  expect([existsSync(old), existsSync(young)]).toEqual([false, true]);
  expect(await removeOldOrphans(diskFileSystem, join(folder.path, 'nowhere'), nowMs)).toBe(0);
});
