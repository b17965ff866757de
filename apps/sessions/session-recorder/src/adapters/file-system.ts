import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';

/** What the recorder needs of a disk; tests hand in one that runs full. */
export interface FileSystem {
  mkdir: typeof mkdir;
  open: typeof open;
  readdir: typeof readdir;
  rename: typeof rename;
  rm: typeof rm;
  stat: typeof stat;
}

export const diskFileSystem: FileSystem = { mkdir, open, readdir, rename, rm, stat };

const errorCode = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? '';

export const isDiskFull = (error: unknown): boolean => ['ENOSPC', 'EDQUOT'].includes(errorCode(error));
export const isMissing = (error: unknown): boolean => errorCode(error) === 'ENOENT';

/** A new or renamed file is only there after a power cut once its folder is fsynced. */
export async function syncFolder(fs: FileSystem, path: string): Promise<void> {
  const folder = await fs.open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
