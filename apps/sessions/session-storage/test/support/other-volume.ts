import { existsSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';

const CANDIDATE = '/dev/shm';

/** A folder on another volume than the temporary files are on; undefined where there is none. */
export const otherVolume: string | undefined =
  existsSync(CANDIDATE) && statSync(CANDIDATE).dev !== statSync(tmpdir()).dev ? CANDIDATE : undefined;
