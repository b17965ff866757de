import type { InstanceStatus } from '../engines/engine.ts';
import type { Store } from '../model/store.ts';
import type { Service } from '../model/types.ts';
import type { Result } from './check.ts';

/** A store as it was drawn, and those of its members that can be asked. */
export interface DrawnStore {
  readonly store: Store;
  readonly members: readonly Service[];
  readonly running: readonly InstanceStatus[];
  /** Jobs that made it what it is. */
  readonly jobs: readonly Service[];
}

export type StoreVerdict = Pick<Result, 'verdict' | 'detail'>;
