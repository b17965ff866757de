import { open, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { seededRandom, systemRandom } from '@lucid/clock';
import { type TemporaryFolder, temporaryFolder } from '@lucid/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ChunkFiles } from '../src/adapters/chunk-files.ts';
import type { NewFile } from '../src/adapters/receive-file.ts';
import { sha256 } from './support/storage.ts';

const SESSION = '6f9619ff-8b86-4011-b42d-00cf4fc964ff';
const BYTES = seededRandom('chunk files').bytes(300_000);
const key = { session_id: SESSION, sequence_number: 7, chunk_hash: sha256(BYTES) };

let folder: TemporaryFolder;
beforeEach(() => {
  folder = temporaryFolder('chunk-files');
});
afterEach(() => folder.remove());

const filesOver = (create?: (path: string) => Promise<NewFile>, instanceId = 'one') =>
  new ChunkFiles({ folder: folder.path, instanceId, random: systemRandom, ...(create ? { create } : {}) });

const inPieces = (bytes: Buffer) => Readable.from([bytes.subarray(0, 100_000), bytes.subarray(100_000)]);

async function everyFile(): Promise<string[]> {
  const entries = await readdir(folder.path, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

/** A file that takes at most `most` bytes at a time, as a disk that is nearly full does. */
const reluctant =
  (most: number) =>
  async (path: string): Promise<NewFile> => {
    const file = await open(path, 'wx');
    return {
      write: (part: Buffer, offset: number) => file.write(part, offset, Math.min(most, part.length - offset)),
      datasync: () => file.datasync(),
      close: () => file.close(),
    };
  };

/** A file on a disk that is full after `room` bytes. */
const fullAfter =
  (room: number) =>
  async (path: string): Promise<NewFile> => {
    const file = await open(path, 'wx');
    let left = room;
    return {
      write: async (part: Buffer, offset: number) => {
        if (left === 0) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
        const written = await file.write(part, offset, Math.min(left, part.length - offset));
        left -= written.bytesWritten;
        return written;
      },
      datasync: () => file.datasync(),
      close: () => file.close(),
    };
  };

it('a file is whole although the disk takes it in small pieces', async () => {
  const files = filesOver(reluctant(1000));
  await files.open();
  expect(await files.write(key, inPieces(BYTES))).toEqual({
    hash: key.chunk_hash,
    sizeBytes: BYTES.length,
  });
  expect(sha256(await readFile(files.pathOf(key)))).toBe(key.chunk_hash);
});

it('a full disk is told as 507 and leaves nothing behind', async () => {
  const files = filesOver(fullAfter(150_000));
  await files.open();
  await expect(files.write(key, inPieces(BYTES))).rejects.toMatchObject({ status: 507, code: 7205 });
  expect(await everyFile()).toEqual([]);
});

it.each([
  ['bytes with another hash', () => inPieces(Buffer.concat([BYTES, Buffer.from('x')])), { code: 7203 }],
  ['more bytes than a chunk may have', () => Readable.from(tooMany()), { code: 7206 }],
  ['a stream that breaks off', () => Readable.from(broken()), { message: 'the connection ended' }],
])('%s leave nothing behind', async (_what, bytes, failure) => {
  const files = filesOver();
  await files.open();
  await expect(files.write(key, bytes())).rejects.toMatchObject(failure);
  expect(await everyFile()).toEqual([]);
});

it('what an instance left half-written is swept when it starts again, and nobody else’s', async () => {
  const [mine, theirs] = [filesOver(undefined, 'one'), filesOver(undefined, 'two')];
  await Promise.all([mine.open(), theirs.open()]);
  const [left, running] = ['one', 'two'].map((name) => join(folder.path, 'incoming', name, 'part'));
  for (const path of [left, running]) await (await open(String(path), 'wx')).close();
  await filesOver(undefined, 'one').open();
  expect(await everyFile()).toEqual([running]);
});

it('a session folder that somebody removed is made again', async () => {
  const files = filesOver();
  await files.open();
  await files.write(key, inPieces(BYTES));
  await rm(join(folder.path, 'active', SESSION), { recursive: true });
  await files.write(key, inPieces(BYTES)).catch(() => undefined); // notices it
  await files.write(key, inPieces(BYTES));
  expect(await files.hashOf(key)).toBe(key.chunk_hash);
});

function* tooMany() {
  for (let mebibyte = 0; mebibyte < 11; mebibyte++) yield Buffer.alloc(1024 * 1024);
}

function* broken() {
  yield BYTES.subarray(0, 10);
  throw new Error('the connection ended');
}
