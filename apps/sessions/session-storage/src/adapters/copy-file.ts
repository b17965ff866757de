import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { syncFolder } from './sync-folder.ts';

const BUFFER_BYTES = 1024 * 1024;

/** Copies, fsyncs, and reads the copy again. @returns the SHA-256 of what is on the other volume now */
export async function copyFile(from: string, to: string, folder: string): Promise<string> {
  const source = await open(from, 'r');
  try {
    const target = await open(to, 'w+');
    try {
      const buffer = Buffer.allocUnsafe(BUFFER_BYTES);
      for (let at = 0; ; ) {
        const { bytesRead } = await source.read(buffer, 0, BUFFER_BYTES, at);
        if (bytesRead === 0) break;
        for (let done = 0; done < bytesRead; )
          done += (await target.write(buffer, done, bytesRead - done, at + done)).bytesWritten;
        at += bytesRead;
      }
      await target.datasync();
      await syncFolder(folder);
      const hash = createHash('sha256');
      for (let at = 0; ; ) {
        const { bytesRead } = await target.read(buffer, 0, BUFFER_BYTES, at);
        if (bytesRead === 0) return hash.digest('hex');
        hash.update(buffer.subarray(0, bytesRead));
        at += bytesRead;
      }
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}
