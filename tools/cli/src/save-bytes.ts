import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CliError } from './cli-error.ts';
import type { Progress } from './output.ts';

/**
 * Writes to `path.part` and renames at the end: a file under its name is whole.
 * @returns bytes written
 */
export async function saveBytes(
  bytes: Readable,
  path: string,
  expectedBytes: number | undefined,
  progress: Progress,
): Promise<number> {
  const part = `${path}.part`;
  let size = 0;
  const count = async function* (source: AsyncIterable<Buffer>) {
    for await (const piece of source) {
      size += piece.length;
      progress.update(size);
      yield piece;
    }
  };
  try {
    await pipeline(bytes, count, createWriteStream(part));
    if (expectedBytes !== undefined && size !== expectedBytes)
      throw new CliError(`${size} of ${expectedBytes} bytes arrived`);
    await rename(part, path);
    return size;
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  } finally {
    progress.stop();
  }
}
