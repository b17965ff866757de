import type { SetConfig } from './observation.ts';

/** One step towards the wanted set, and the member it is done at. */
export type MongoAction =
  | { readonly kind: 'initiate'; readonly at: string; readonly config: object }
  | {
      readonly kind: 'reconfigure';
      readonly at: string;
      readonly config: SetConfig;
      readonly change: string;
    };
