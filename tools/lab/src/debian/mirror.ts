import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type AptSource, chooseMirror, parseDeb822, parseOneLine } from './apt-sources.ts';

async function text(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => ''); // a machine without this file has nothing to say in it
}

async function sources(aptDir: string): Promise<AptSource[]> {
  const parts = await readdir(join(aptDir, 'sources.list.d')).catch(() => []);
  const read = parts.sort().map(async (name) => {
    const path = join(aptDir, 'sources.list.d', name);
    if (name.endsWith('.sources')) return parseDeb822(await text(path));
    return name.endsWith('.list') ? parseOneLine(await text(path)) : [];
  });
  return [...parseOneLine(await text(join(aptDir, 'sources.list'))), ...(await Promise.all(read)).flat()];
}

/** `mirror+file:/path` (cloud images) names a file with one mirror a line: take the first. */
async function resolveMirrorList(uri: string): Promise<string | undefined> {
  const list = /^mirror\+file:\/*(\/.*)$/.exec(uri)?.[1];
  if (list === undefined) return uri;
  const first = (await text(list)).split('\n').find((line) => /^https?:/.test(line.trim()));
  return first?.trim().split(/\s/)[0];
}

/** The Debian mirror this machine's apt already uses, `undefined` when it has none (not a Debian). */
export async function debianMirror(etc = '/etc'): Promise<string | undefined> {
  const codename = /^VERSION_CODENAME=(.*)$/m.exec(await text(join(etc, 'os-release')))?.[1];
  if (codename === undefined) return undefined;
  const chosen = chooseMirror(await sources(join(etc, 'apt')), codename.replaceAll('"', ''));
  return chosen === undefined ? undefined : resolveMirrorList(chosen);
}
