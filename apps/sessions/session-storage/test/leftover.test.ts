import { expect, it } from 'vitest';
import { chunkFileName, parseChunkFileName } from '../src/domain/chunk-place.ts';
import { judgeFile, type KnownFile } from '../src/domain/leftover.ts';

const HASH = 'ab'.repeat(32);
const name = chunkFileName({ session_id: 's', sequence_number: 7, chunk_hash: HASH });
const known = (given: Partial<KnownFile> = {}): KnownFile => ({
  sequence_number: 7,
  chunk_hash: HASH,
  location: 'active',
  isDeleted: false,
  ...given,
});

it('reads back the names it writes, and no others', () => {
  expect(name).toBe(`000007-${'ab'.repeat(8)}.bin`);
  expect(parseChunkFileName(name)).toEqual({ sequence_number: 7, hashPrefix: 'ab'.repeat(8) });
  for (const other of ['7-abababababababab.bin', '000007-abab.bin', '000007.bin', 'notes.txt', ''])
    expect(parseChunkFileName(other)).toBeUndefined();
});

it.each([
  ['the file of a record', known(), false, 'wanted'],
  ['the file of a record with a second copy elsewhere', known(), true, 'wanted'],
  ['the second copy', known({ location: 'archive' }), true, 'duplicate'],
  [
    'a file that is not where its record says, without a twin',
    known({ location: 'archive' }),
    false,
    'wanted',
  ],
  ['the file of a removed chunk', known({ isDeleted: true }), false, 'deleted'],
  ['a file with another hash than its record', known({ chunk_hash: 'cd'.repeat(32) }), false, 'unknown'],
  ['a file without a record', undefined, false, 'unknown'],
] as const)('tells %s', (_what, record, hasTwin, expected) => {
  expect(judgeFile({ name, place: 'active' }, record, hasTwin)).toBe(expected);
});
