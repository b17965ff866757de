import { once } from 'node:events';
import { PassThrough, Readable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { ArchiveFormat } from '@lucid/contracts';
import { type Pack, pack } from 'tar-stream';
import { ZipFile } from 'yazl';

/** One file of an archive; opened when its turn comes, and no sooner. */
export interface ArchiveEntry {
  name: string;
  sizeBytes: number;
  open: () => Promise<Readable>;
}

export interface ArchiveWish {
  format: ArchiveFormat;
  entries: AsyncIterable<ArchiveEntry>;
  /** Date of every file in the archive. */
  modifiedAt: Date;
  /** Aborts when nobody reads any more. */
  signal: AbortSignal;
}

/**
 * The archive as a stream. One file is open at a time and nothing is kept, however large it becomes: zip64 and the long numbers of tar
 * are used where they are needed. What cannot be read breaks the stream off, so that nothing looks whole that is not.
 */
export function sessionArchive(wish: ArchiveWish): Readable {
  const out = new PassThrough();
  const written = wish.format === 'zip' ? writeZip(wish, out) : writeTar(wish, out);
  written.catch((error: unknown) => out.destroy(asError(error)));
  return out;
}

async function writeTar(wish: ArchiveWish, out: PassThrough): Promise<void> {
  const { format, signal } = wish;
  const tar = pack();
  const gzip = format === 'tar.gz' ? [createGzip({ level: 1 })] : []; // ciphertext does not shrink
  const filled = fillTar(wish, tar).catch((error: unknown) => void tar.destroy(asError(error)));
  await pipeline([Readable.from(tar), ...gzip, out], { signal });
  await filled;
}

async function fillTar({ entries, modifiedAt, signal }: ArchiveWish, tar: Pack): Promise<void> {
  for await (const { name, sizeBytes, open } of entries) {
    const bytes = await open();
    const entry = tar.entry({ name, size: sizeBytes, mtime: modifiedAt, mode: 0o600 });
    entry.on('error', () => undefined); // that of the archive, which the pipeline tells
    for await (const piece of bytes) if (!entry.write(piece)) await once(entry, 'drain', { signal });
    const written = once(entry, 'close', { signal });
    entry.end(undefined);
    await written;
  }
  tar.finalize();
}

async function writeZip(wish: ArchiveWish, out: PassThrough): Promise<void> {
  const zip = new ZipFile();
  const output = zip.outputStream as Readable;
  zip.on('error', (error: unknown) => output.destroy(asError(error)));
  const filled = fillZip(wish, zip).catch((error: unknown) => void output.destroy(asError(error)));
  await pipeline(output, out, { signal: wish.signal });
  await filled;
}

async function fillZip({ entries, modifiedAt, signal }: ArchiveWish, zip: ZipFile): Promise<void> {
  for await (const { name, sizeBytes, open } of entries) {
    const bytes = await open();
    const read = finished(bytes, { signal }).finally(() => bytes.destroy());
    zip.addReadStream(bytes, name, { size: sizeBytes, mtime: modifiedAt, mode: 0o100600, compress: false });
    await read;
  }
  zip.end();
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));
