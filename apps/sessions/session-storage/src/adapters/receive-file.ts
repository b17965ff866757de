import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { LIMITS } from '@lucid/contracts';
import { errors } from '../errors.ts';

/** 10 MiB of plaintext plus what encryption and an unlucky compression add. */
export const MAX_FILE_BYTES = LIMITS.maxChunkBytes + 64 * 1024;

export interface WrittenFile {
  hash: string;
  sizeBytes: number;
}

/** What is needed of a file that is being written. */
export interface NewFile extends Pick<FileHandle, 'datasync' | 'close'> {
  write(part: Buffer, offset: number): Promise<{ bytesWritten: number }>;
}

/** Fills a new file, fsyncs and closes it. @throws 7206 on too many bytes */
export async function receiveFile(file: NewFile, bytes: Readable): Promise<WrittenFile> {
  try {
    const hash = createHash('sha256');
    let sizeBytes = 0;
    for await (const part of bytes as AsyncIterable<Buffer>) {
      sizeBytes += part.length;
      if (sizeBytes > MAX_FILE_BYTES) throw errors.CHUNK_TOO_LARGE();
      hash.update(part);
      await writeAll(file, part);
    }
    await file.datasync();
    return { hash: hash.digest('hex'), sizeBytes };
  } finally {
    await file.close();
  }
}

/** A write may take less than it is given, for one when the disk is nearly full. */
async function writeAll(file: NewFile, part: Buffer): Promise<void> {
  for (let offset = 0; offset < part.length; ) {
    const { bytesWritten } = await file.write(part, offset);
    offset += bytesWritten;
  }
}
