import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { Skip } from '../benchmark.ts';
import type { Level } from '../measure/level.ts';
import { type SessionBytes, writeSessionFile } from './session-file.ts';

const MIB = 1024 * 1024;
/** The files, what recorder and storage make of them, and restic's repository. */
const COPIES = 4;

/** One file per session, no two with a piece in common. @throws Skip where the disk is too small */
export async function writeLevelFiles(folder: string, level: Level, kind: SessionBytes): Promise<string[]> {
  await assertSpace(folder, COPIES * level.sessions * level.mib * MIB);
  const files = Array.from({ length: level.sessions }, (_, at) => join(folder, `${at}.bin`));
  for (const [variant, file] of files.entries())
    await writeSessionFile(file, level.mib * MIB, { variant, kind });
  return files;
}

/** @throws Skip when fewer bytes are free */
export async function assertSpace(folder: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize < bytes)
    throw new Skip(
      `${Math.ceil(bytes / MIB)} MiB of disk are needed, ${Math.floor((bavail * bsize) / MIB)} are free`,
    );
}
