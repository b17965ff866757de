import type { FileHandle } from 'node:fs/promises';
import { diskFileSystem, type FileSystem } from '../../src/adapters/file-system.ts';

export interface FailingDisk extends FileSystem {
  /** Bytes that still fit; writes beyond are cut short, then refused. */
  roomBytes: number;
  /** What the next fsyncs fail with. */
  syncFails: string | undefined;
  renameFails: string | undefined;
}

const failure = (code: string) => Object.assign(new Error(`${code}: as the test wants it`), { code });

/** A real disk that can be made to run full or to fail. */
export function failingDisk(): FailingDisk {
  const disk: FailingDisk = {
    ...diskFileSystem,
    roomBytes: Number.POSITIVE_INFINITY,
    syncFails: undefined,
    renameFails: undefined,
    open: async (...given) => guarded(await diskFileSystem.open(...given)),
    rename: async (...given) => {
      if (disk.renameFails) throw failure(disk.renameFails);
      return diskFileSystem.rename(...given);
    },
  };

  const guarded = (file: FileHandle): FileHandle => {
    const { writev, datasync } = file;
    file.writev = (async (buffers: Buffer[], position?: number) => {
      const wanted = buffers.reduce((sum, buffer) => sum + buffer.length, 0);
      if (disk.roomBytes <= 0) throw failure('ENOSPC');
      const fitting =
        wanted <= disk.roomBytes ? buffers : [Buffer.concat(buffers).subarray(0, disk.roomBytes)];
      const result = await writev.call(file, fitting, position);
      disk.roomBytes -= result.bytesWritten;
      return result;
    }) as typeof file.writev;
    file.datasync = async () => {
      if (disk.syncFails) throw failure(disk.syncFails);
      return datasync.call(file);
    };
    return file;
  };
  return disk;
}
