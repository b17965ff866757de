import { autoscale } from './autoscale.ts';
import { dev } from './dev.ts';
import { production } from './production.ts';
import type { Profile } from './profile.ts';
import { scale } from './scale.ts';
import { vertical } from './vertical.ts';

/** Every profile there is, by name. */
export const profiles: Readonly<Record<string, Profile>> = { dev, production, scale, vertical, autoscale };
