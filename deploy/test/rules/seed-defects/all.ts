import type { Defect } from '../support/defect.ts';
import { doors } from './doors.ts';
import { probing } from './probing.ts';
import { secrets } from './secrets.ts';
import { sizes } from './sizes.ts';
import { stores } from './stores.ts';
import { wallets } from './wallets.ts';
import { watching } from './watching.ts';
import { wiring } from './wiring.ts';

/** Every defect, one rule or more each. */
export const seedDefects: readonly Defect[] = [
  ...doors,
  ...wallets,
  ...probing,
  ...watching,
  ...stores,
  ...secrets,
  ...sizes,
  ...wiring,
];
