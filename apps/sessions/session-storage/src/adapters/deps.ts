import type { Store } from './store.ts';
import type { Sweeper } from './sweeper.ts';

/** What `connect` opens for the routes. */
export interface Deps extends Store {
  sweeper: Sweeper;
}
