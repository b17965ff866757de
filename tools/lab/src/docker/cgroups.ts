import { readdir, rmdir } from 'node:fs/promises';
import { join } from 'node:path';

const ROOT = '/sys/fs/cgroup';

/** The cgroup that holds everything of one home. */
export const homeCgroup = (key: string): string => `/lucid-lab/${key}`;

async function removeTree(dir: string): Promise<void> {
  const entries = await readdir(dir, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) if (entry.isDirectory()) await removeTree(join(dir, entry.name));
  await rmdir(dir).catch((error: NodeJS.ErrnoException) => {
    // Another home still uses the common parent; or it was never there.
    if (!['ENOENT', 'EBUSY', 'ENOTEMPTY', 'ENOTDIR'].includes(error.code ?? '')) throw error;
  });
}

/** The hierarchies of this machine: one with cgroup 2, one per controller with cgroup 1. */
async function hierarchies(): Promise<string[]> {
  const entries = await readdir(ROOT, { withFileTypes: true }).catch(() => []);
  return [ROOT, ...entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(ROOT, name))];
}

/** The folders of this cgroup that exist. Killed engines leave those of their containers behind. */
export async function cgroupFolders(cgroup: string): Promise<string[]> {
  const folders = (await hierarchies()).map((root) => join(root, cgroup));
  const there = await Promise.all(
    folders.map((folder) =>
      readdir(folder).then(
        () => true,
        () => false,
      ),
    ),
  );
  return folders.filter((_, index) => there[index]);
}

/** Removes the cgroups of a home once nothing runs in them, and the parent of all homes when it is the last. */
export async function removeCgroups(key: string): Promise<void> {
  for (const folder of await cgroupFolders(homeCgroup(key))) {
    await removeTree(folder);
    await rmdir(join(folder, '..')).catch((error: NodeJS.ErrnoException) => {
      if (!['ENOENT', 'EBUSY', 'ENOTEMPTY'].includes(error.code ?? '')) throw error; // others are in it
    });
  }
}
