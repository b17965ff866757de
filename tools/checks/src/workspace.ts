/** The tree that checks look at. They see it only through this interface, so their tests need no disk. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

export interface Workspace {
  /** Every file that belongs to the project, `/`-separated, from the root, sorted. */
  readonly files: readonly string[];
  /** @throws when there is no such file */
  read(file: string): string;
  /** The exports of a module of the tree, as Node runs it. */
  load(file: string): Promise<Record<string, unknown>>;
}

const foreignFolders: ReadonlySet<string> = new Set([
  'node_modules',
  'dist',
  'coverage',
  '.git',
  '.nx',
  '.lucid',
]);

/** The workspace on disk, read lazily and once. */
export function openWorkspace(root: string): Workspace {
  const texts = new Map<string, string>();
  return {
    files: listFiles(root, '').sort(),
    read: (file) => {
      const known = texts.get(file) ?? readFileSync(join(root, file), 'utf8');
      texts.set(file, known);
      return known;
    },
    load: (file) => import(pathToFileURL(join(root, file)).href),
  };
}

/** A workspace that exists in memory only, for tests. */
export function memoryWorkspace(
  texts: Readonly<Record<string, string>>,
  modules: Readonly<Record<string, Record<string, unknown>>> = {},
): Workspace {
  const absent = (file: string): never => {
    throw new Error(`no such file: ${file}`);
  };
  return {
    files: [...new Set([...Object.keys(texts), ...Object.keys(modules)])].sort(),
    read: (file) => texts[file] ?? absent(file),
    load: async (file) => modules[file] ?? absent(file),
  };
}

function listFiles(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) return foreignFolders.has(entry.name) ? [] : listFiles(root, path);
    return entry.isFile() ? [path] : [];
  });
}
