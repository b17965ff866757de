/** Where one engine keeps its things: `.lucid/` of the workspace unless told otherwise. */
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { deployErrors } from '../../errors.ts';

export interface Home {
  readonly dir: string;
  readonly stateFile: string;
  readonly lockFile: string;
  readonly socketFile: string;
  readonly serviceKeysFile: string;
  readonly secretsDir: string;
  readonly logsDir: string;
  readonly dataDir: string;
  readonly cacheDir: string;
}

/** `sun_path` holds 104 bytes on macOS, 108 on Linux; longer homes get a socket in the temporary folder. */
const LONGEST_SOCKET_PATH = 100;

/** @param dir as given on the command line; else `LUCID_HOME`, else `.lucid` in the workspace */
export function homeAt(root: string, dir: string | undefined = process.env.LUCID_HOME || undefined): Home {
  const base = dir ? resolve(dir) : join(root, '.lucid');
  const socket = join(base, 'engine.sock');
  const short = join(tmpdir(), `lucid-${createHash('sha256').update(base).digest('hex').slice(0, 16)}.sock`);
  return {
    dir: base,
    stateFile: join(base, 'state.json'),
    lockFile: join(base, 'engine.lock'),
    socketFile: Buffer.byteLength(socket) <= LONGEST_SOCKET_PATH ? socket : short,
    serviceKeysFile: join(base, 'service-keys.json'),
    secretsDir: join(base, 'secrets'),
    logsDir: join(base, 'logs'),
    dataDir: join(base, 'data'),
    cacheDir: join(base, 'cache'),
  };
}

/** Creates the folders; the home and the secrets are for the owner alone. Throws `home-unusable`. */
export function prepareHome(home: Home): void {
  try {
    for (const dir of [home.dir, home.secretsDir, home.logsDir, home.dataDir, home.cacheDir]) {
      mkdirSync(dir, { recursive: true, mode: 0o700 });
    }
    chmodSync(home.secretsDir, 0o700);
  } catch (error) {
    throw deployErrors.homeUnusable(home.dir, error instanceof Error ? error.message : String(error));
  }
}

export function logFileOf(home: Home, instance: string): string {
  return join(home.logsDir, `${instance}.log`);
}
