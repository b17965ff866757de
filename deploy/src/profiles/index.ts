import { dev } from './dev.ts';
import type { Profile } from './profile.ts';

/** Every profile there is, by name. */
export const profiles: Readonly<Record<string, Profile>> = { dev };
