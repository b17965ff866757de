import { statSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@lucid/testing';
import { afterAll, describe, expect, it } from 'vitest';
import { profilePath, readProfile, removeProfile, writeProfile } from '../src/profile.ts';

const folder = temporaryFolder('cli-profile');
afterAll(() => folder.remove());

describe('the profile', () => {
  it('is where the variable says, else in the user’s configuration folder', () => {
    expect(profilePath({ LUCID_PROFILE: '/x/p.json' })).toBe('/x/p.json');
    expect(profilePath({ XDG_CONFIG_HOME: '/c' })).toBe('/c/lucid/profile.json');
  });

  it('is kept for its user alone, and forgotten on demand', async () => {
    const path = join(folder.path, 'deep', 'profile.json');
    const profile = { url: 'http://x', email: 'a@b.c', access_token: 'a', refresh_token: 'r' };
    expect(await readProfile(path)).toBeUndefined();
    await writeProfile(profile, path);
    expect(await readProfile(path)).toEqual(profile);
    expect(statSync(path).mode & 0o077).toBe(0);
    await removeProfile(path);
    expect(await readProfile(path)).toBeUndefined();
  });
});
