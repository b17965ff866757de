import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/** What the command remembers between calls; readable by its user alone. */
export interface Profile {
  url: string;
  email: string;
  access_token: string;
  refresh_token: string;
  /** Hash of the chain's first block as it was when signing in: what offline verification is pinned to. */
  genesis_hash?: string;
}

/** `$LUCID_PROFILE`, else `lucid/profile.json` in the user's configuration folder. */
export function profilePath(environment: NodeJS.ProcessEnv = process.env): string {
  const base = environment.XDG_CONFIG_HOME || join(homedir(), '.config');
  return environment.LUCID_PROFILE || join(base, 'lucid', 'profile.json');
}

/** @returns undefined when nobody has signed in */
export async function readProfile(path = profilePath()): Promise<Profile | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Profile;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Replaces the file in one move, so that a second command never reads half of it. */
export async function writeProfile(profile: Profile, path = profilePath()): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = `${path}.${process.pid}.tmp`;
  await writeFile(temporary, `${JSON.stringify(profile, null, 2)}\n`, { mode: 0o600 });
  await rename(temporary, path);
}

export const removeProfile = (path = profilePath()): Promise<void> => rm(path, { force: true });
