import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { LabError } from '../errors.ts';
import { isDynamicElf } from './elf.ts';
import type { Picker } from './picker.ts';
import { resolveIn } from './resolve-in.ts';

const LOADER = '/usr/lib64/ld-linux-x86-64.so.2';
const FOLDERS = ['/usr/lib/x86_64-linux-gnu', '/usr/lib'];

/** Reads the loader's list: `libz.so.1 => /place/libz.so.1 (0x…)`, `libx.so => not found`. */
export function parseLibraryList(
  text: string,
): { readonly name: string; readonly path: string | undefined }[] {
  return [...text.matchAll(/^\s*(\S+) => (?:(\/\S+)|not found)/gm)].map(([, name = '', path]) => ({
    name,
    path,
  }));
}

async function dynamicFiles(stage: string): Promise<string[]> {
  const entries = await readdir(stage, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const dynamic: string[] = [];
  for (const path of files) if (await isDynamicElf(path)) dynamic.push(path);
  return dynamic;
}

/**
 * Brings the shared libraries of every program and library in the image, as the pool's own loader finds them:
 * the machine's libraries never count, so the machine may be another release.
 * @throws LabError BUILD_FAILED naming the first library that no package has
 */
export async function addLibraries(pool: string, stage: string, picker: Picker): Promise<void> {
  const files = await dynamicFiles(stage);
  if (files.length === 0) return;
  await picker.patterns([LOADER]);
  // Not by its link: that one is absolute, and would lead to the machine's own loader.
  const loader = join(pool, (await resolveIn(pool, LOADER))?.path ?? LOADER);
  // Last the folders of the image's own libraries: plug-ins lean on neighbours that are loaded already.
  const own = new Set(files.map(dirname));
  const path = [...FOLDERS.flatMap((folder) => [join(stage, folder), join(pool, folder)]), ...own].join(':');
  for (const file of files) {
    const args = ['--inhibit-cache', '--library-path', path, '--list', file];
    const { stdout, stderr, failed } = await execa(loader, args, {
      reject: false,
      env: { LC_ALL: 'C' },
    });
    if (failed) throw new LabError('BUILD_FAILED', `the libraries of ${file} cannot be listed`, stderr);
    for (const library of parseLibraryList(stdout)) {
      const inStage = library.path?.startsWith(`${stage}/`);
      const inPool =
        library.path?.startsWith(`${pool}/`) && (await picker.path(library.path.slice(pool.length)));
      const isLoader = library.path?.includes('/ld-linux-');
      if (!inStage && !inPool && !isLoader)
        throw new LabError(
          'BUILD_FAILED',
          `no package has ${library.name}, which ${file.slice(stage.length)} needs`,
        );
    }
  }
}
