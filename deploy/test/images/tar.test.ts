import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { directory, NONROOT, rootFile, rootLink, withParents } from '../../src/images/entries.ts';
import { byteLength, type TarEntry, writeTar } from '../../src/images/tar.ts';

const archive = (entries: readonly TarEntry[]): Buffer => Buffer.concat(writeTar(entries));
const listing = (entries: readonly TarEntry[]): string[] =>
  execFileSync('tar', ['-tv', '--numeric-owner', '--full-time', '--utc', '-f', '-'], {
    input: archive(entries),
    encoding: 'utf8',
  })
    .trimEnd()
    .split('\n')
    .map((line) => line.replace(/ +/g, ' '));

describe('an archive', () => {
  const entries = [
    rootFile('/app/main.js', 'x'.repeat(600)),
    directory('/data/db', 0o700, NONROOT),
    rootLink('/etc/localtime', '/usr/share/zoneinfo/UTC'),
  ];

  test('says what tar reads: kinds, modes, owners by number, and the epoch as the time of everything', () => {
    expect(listing(entries)).toEqual([
      '-r--r--r-- 0/0 600 1970-01-01 00:00:00 app/main.js',
      'drwx------ 65534/65534 0 1970-01-01 00:00:00 data/db/',
      'lrwxrwxrwx 0/0 0 1970-01-01 00:00:00 etc/localtime -> /usr/share/zoneinfo/UTC',
    ]);
  });

  test('gives content back byte for byte, also when it came in pieces', () => {
    const pieces = { ...rootFile('/a', ''), content: [Buffer.from('one '), Buffer.from('two')] };
    const out = execFileSync('tar', ['-xO', '-f', '-', 'a'], { input: archive([pieces]), encoding: 'utf8' });
    expect(out).toBe('one two');
  });

  test('does not depend on the order of its entries, and ends on a block', () => {
    expect(archive(entries.toReversed())).toEqual(archive(entries));
    expect(byteLength(writeTar(entries)) % 512).toBe(0);
  });

  test('holds paths of up to 255 bytes that break at a slash, and refuses others', () => {
    const long = `${'folder/'.repeat(20)}file`;
    expect(listing([rootFile(long, '')])[0]).toContain(` ${long}`);
    expect(() => writeTar([rootFile('x'.repeat(101), '')])).toThrow('too long for a tar archive');
  });
});

test('folders above an entry are listed once, and those that say more of themselves are kept', () => {
  const paths = withParents([
    rootFile('/a/b/c', ''),
    directory('/a', 0o700, NONROOT),
    rootFile('/a/b/d', ''),
  ]).map(({ path, mode, owner }) => [path, mode, owner]);
  expect(paths.toSorted()).toEqual([
    ['a', 0o700, NONROOT],
    ['a/b', 0o755, 0],
    ['a/b/c', 0o444, 0],
    ['a/b/d', 0o444, 0],
  ]);
});
