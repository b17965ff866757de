import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chooseMirror, parseDeb822, parseOneLine } from '../src/debian/apt-sources.ts';
import { debianMirror } from '../src/debian/mirror.ts';
import { parsePackages } from '../src/debian/packages.ts';

const DEB822 = `# a comment: not a field
Types: deb deb-src
URIs: http://mirror.test/debian
Suites: bookworm
# in between
 bookworm-updates
Components: main contrib
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb-src
URIs: http://sources.test/debian
Suites: bookworm
Components: main

Types: deb
Enabled: no
URIs: http://off.test/debian
Suites: bookworm
Components: main
`;

describe('apt sources', () => {
  it('reads the one-line format with options and comments', () => {
    const text = [
      '# deb http://comment.test/debian bookworm main',
      'deb [arch=amd64 signed-by=/k/debian-archive-keyring.gpg] http://mirror.test/debian bookworm main contrib # why',
      'deb-src http://mirror.test/debian bookworm main',
      'deb http://flat.test/ ./',
    ].join('\n');
    expect(parseOneLine(text)).toEqual([
      {
        uri: 'http://mirror.test/debian',
        suites: ['bookworm'],
        components: ['main', 'contrib'],
        signedBy: '/k/debian-archive-keyring.gpg',
      },
      { uri: 'http://flat.test/', suites: ['./'], components: [], signedBy: undefined },
    ]);
  });

  it('reads deb822 stanzas, continued lines included, and leaves out sources and disabled ones', () => {
    expect(parseDeb822(DEB822)).toEqual([
      {
        uri: 'http://mirror.test/debian',
        suites: ['bookworm', 'bookworm-updates'],
        components: ['main', 'contrib'],
        signedBy: '/usr/share/keyrings/debian-archive-keyring.gpg',
      },
    ]);
  });

  it('prefers Debian itself to a third party of the same suite and component', () => {
    const vendor = {
      uri: 'http://vendor.test/apt',
      suites: ['bookworm'],
      components: ['main'],
      signedBy: '/v.gpg',
    };
    expect(chooseMirror([vendor, ...parseDeb822(DEB822)], 'bookworm')).toBe('http://mirror.test/debian');
  });

  it('finds no mirror where only other releases, security or third parties are named', () => {
    const other =
      'deb http://mirror.test/debian-security bookworm-security main\ndeb http://v.test/apt bookworm stable';
    expect(chooseMirror(parseOneLine(other), 'bookworm')).toBeUndefined();
  });

  it('reads the package list without its comments', () => {
    expect(parsePackages('# list\npostgresql-18=18.*\n\nfoo=1 # why\n')).toEqual([
      'postgresql-18=18.*',
      'foo=1',
    ]);
  });
});

describe('the mirror of a machine', () => {
  let etc = '';

  beforeEach(async () => {
    etc = await mkdtemp(join(tmpdir(), 'lab-etc-'));
    await mkdir(join(etc, 'apt/sources.list.d'), { recursive: true });
    await writeFile(join(etc, 'os-release'), 'ID=debian\nVERSION_CODENAME=bookworm\n');
  });

  afterEach(() => rm(etc, { recursive: true }));

  it('comes from sources.list.d', async () => {
    await writeFile(join(etc, 'apt/sources.list.d/debian.sources'), DEB822);
    expect(await debianMirror(etc)).toBe('http://mirror.test/debian');
  });

  it('comes out of the list a cloud image points to', async () => {
    const list = join(etc, 'debian.list');
    await writeFile(list, 'https://cloud.test/debian\n');
    await writeFile(join(etc, 'apt/sources.list'), `deb mirror+file://${list} bookworm main\n`);
    expect(await debianMirror(etc)).toBe('https://cloud.test/debian');
  });

  it('is unknown on a machine without apt sources', async () => {
    expect(await debianMirror(etc)).toBeUndefined();
    expect(await debianMirror(join(etc, 'nowhere'))).toBeUndefined();
  });
});
