import { constants } from 'node:fs';
import { access } from 'node:fs/promises';

/** Is it there, and may we run or write it? Absent and not ours is the same to whoever asks. */
export const mayAccess = (path: string, how: 'run' | 'write'): Promise<boolean> =>
  access(path, how === 'run' ? constants.X_OK : constants.W_OK).then(
    () => true,
    () => false,
  );
