import { join } from 'node:path';
import { type FileSystem, isMissing } from './file-system.ts';

const FOLDER = 'orphaned';

/** Where files go that this recorder may not register any more: `orphaned/{session}-{ms}`. */
export const orphanPath = (dataDir: string, sessionId: string, nowMs: number): string =>
  join(dataDir, FOLDER, `${sessionId}-${nowMs}`);

/** Removes what was set aside too long ago: it is plaintext. @returns how many folders */
export async function removeOldOrphans(
  fs: FileSystem,
  dataDir: string,
  olderThanMs: number,
): Promise<number> {
  const names = await fs.readdir(join(dataDir, FOLDER)).catch((error: unknown) => {
    if (isMissing(error)) return [] as string[];
    throw error;
  });
  const old = names.filter((name) => Number(name.slice(name.lastIndexOf('-') + 1)) < olderThanMs);
  for (const name of old) await fs.rm(join(dataDir, FOLDER, name), { recursive: true, force: true });
  return old.length;
}
