import { lstat, mkdir, mkdtemp, readdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isDynamicElf } from '../../src/images/elf.ts';
import { parseLibraryList } from '../../src/images/libraries.ts';
import { Picker } from '../../src/images/picker.ts';
import { resolveIn } from '../../src/images/resolve-in.ts';

let dir = '';
let pool = '';
let stage = '';

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'picking-'));
  [pool, stage] = [join(dir, 'pool'), join(dir, 'stage')];
  await mkdir(stage);
});
afterEach(() => rm(dir, { recursive: true }));

async function file(path: string, text = path): Promise<void> {
  await mkdir(dirname(join(pool, path)), { recursive: true });
  await writeFile(join(pool, path), text);
}
async function link(path: string, target: string): Promise<void> {
  await mkdir(dirname(join(pool, path)), { recursive: true });
  await symlink(target, join(pool, path));
}

describe('following a path inside a root folder', () => {
  it('takes an absolute link from that folder, never from the machine', async () => {
    await file('usr/lib/real.so');
    await link('lib', 'usr/lib');
    await link('usr/lib/name.so', '/lib/real.so');
    expect(await resolveIn(pool, '/lib/name.so')).toEqual({
      links: ['/lib', '/usr/lib/name.so', '/lib'],
      path: '/usr/lib/real.so',
    });
  });

  it('ends for links in a circle and for links into nothing', async () => {
    await link('a', 'b');
    await link('b', 'a');
    await link('c', '/etc/passwd');
    expect(await resolveIn(pool, '/a')).toBeUndefined();
    expect(await resolveIn(pool, '/c')).toBeUndefined();
  });

  it('cannot be led out of the folder', async () => {
    await link('usr/out', '../../../../../etc');
    await file('etc/inside');
    expect(await resolveIn(pool, '/usr/out/inside')).toMatchObject({ path: '/etc/inside' });
  });
});

describe('picking files', () => {
  it('copies a program with the links that lead to it', async () => {
    await file('usr/bin/tool-1.2', 'program');
    await link('usr/bin/tool', '/etc/alternatives/tool');
    await link('etc/alternatives/tool', '/usr/bin/tool-1.2');
    await new Picker(pool, stage).patterns(['/usr/bin/tool']);
    expect(await readlink(join(stage, 'usr/bin/tool'))).toBe('/etc/alternatives/tool');
    expect(await readFile(join(stage, 'usr/bin/tool-1.2'), 'utf8')).toBe('program');
    expect((await lstat(join(stage, 'etc/alternatives/tool'))).isSymbolicLink()).toBe(true);
  });

  it('copies a folder whole, with what links in it point to outside', async () => {
    await file('usr/share/thing/one');
    await link('usr/share/thing/two', '/etc/thing.conf');
    await file('etc/thing.conf');
    await file('etc/other.conf');
    const picker = new Picker(pool, stage);
    await picker.patterns(['/usr/share/thing', '/usr/share/thing']);
    expect(await readdir(join(stage, 'usr/share/thing'))).toEqual(['one', 'two']);
    expect(await readdir(join(stage, 'etc'))).toEqual(['thing.conf']);
  });

  it('takes shell patterns, and fails for one that names nothing', async () => {
    for (const name of ['liba.so.1', 'libb.so.1', 'libb.a']) await file(`usr/lib/${name}`);
    const picker = new Picker(pool, stage);
    await picker.patterns(['/usr/lib/lib{a,b}.so.*']);
    expect(await readdir(join(stage, 'usr/lib'))).toEqual(['liba.so.1', 'libb.so.1']);
    await expect(picker.patterns(['/usr/lib/libc.*'])).rejects.toMatchObject({ code: 'BUILD_FAILED' });
    await expect(picker.patterns(['/usr/bin/gone'])).rejects.toThrow('no package has /usr/bin/gone');
  });
});

describe('libraries', () => {
  it('are read from the list of the loader', () => {
    const text = [
      '\tlinux-vdso.so.1 (0x00007ffe)',
      '\tlibz.so.1 => /pool/usr/lib/libz.so.1 (0x00007f12)',
      '\tlibgone.so.3 => not found',
      '\t/lib64/ld-linux-x86-64.so.2 => /pool/lib64/ld-linux-x86-64.so.2 (0x00007f99)',
    ].join('\n');
    expect(parseLibraryList(text)).toEqual([
      { name: 'libz.so.1', path: '/pool/usr/lib/libz.so.1' },
      { name: 'libgone.so.3', path: undefined },
      { name: '/lib64/ld-linux-x86-64.so.2', path: '/pool/lib64/ld-linux-x86-64.so.2' },
    ]);
  });

  it('are asked for of programs that load some, not of text', async () => {
    expect(await isDynamicElf(process.execPath)).toBe(process.platform === 'linux');
    expect(await isDynamicElf(import.meta.filename)).toBe(false);
    await file('empty', '');
    expect(await isDynamicElf(join(pool, 'empty'))).toBe(false);
  });
});
