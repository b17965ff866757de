import { posix } from 'node:path';
import type { TarEntry } from './tar.ts';

/** The user every image runs as; it owns its data and nothing else. */
export const NONROOT = 65534;
const ROOT = 0;

/** A file of the image that nobody in it can change. @param path absolute */
export function rootFile(path: string, content: Uint8Array | string, mode = 0o444): TarEntry {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  return { path: relative(path), kind: 'file', mode, owner: ROOT, content: [bytes] };
}

export function rootLink(path: string, target: string): TarEntry {
  return { path: relative(path), kind: 'symlink', mode: 0o777, owner: ROOT, target };
}

export function directory(path: string, mode = 0o755, owner = ROOT): TarEntry {
  return { path: relative(path), kind: 'directory', mode, owner };
}

/** Adds the folders above every entry that are not listed themselves, so that none gets the time of the build. */
export function withParents(entries: readonly TarEntry[]): TarEntry[] {
  const listed = new Map(entries.map((entry) => [entry.path, entry]));
  for (const { path } of entries) {
    for (let parent = posix.dirname(path); parent !== '.'; parent = posix.dirname(parent)) {
      if (!listed.has(parent)) listed.set(parent, directory(parent));
    }
  }
  return [...listed.values()];
}

function relative(path: string): string {
  return posix.normalize(path).replace(/^\/+|\/+$/g, '');
}
