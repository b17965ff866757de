import type { InstanceStatus } from '../engines/engine.ts';
import type { Store } from '../model/store.ts';
import type { Service } from '../model/types.ts';
import { type Check, type CheckContext, instancesOf, isRunning, type Result, reasonOf } from './check.ts';
import { elasticsearchState } from './elasticsearch-state.ts';
import { mongoState } from './mongo-state.ts';
import { redisState } from './redis-state.ts';

/** A store as it was drawn, and those of its members that can be asked. */
export interface DrawnStore {
  readonly store: Store;
  readonly members: readonly Service[];
  readonly running: readonly InstanceStatus[];
  /** Jobs that made it what it is. */
  readonly jobs: readonly Service[];
}

export type StoreVerdict = Pick<Result, 'verdict' | 'detail'>;

const STATES: Readonly<
  Record<Store['scheme'], (context: CheckContext, drawn: DrawnStore) => Promise<StoreVerdict>>
> = { mongodb: mongoState, redis: redisState, http: elasticsearchState };

/** What the databases say of themselves: members, roles, slots, colour. A database nobody has drawn is not asked. */
export const stores: Check = {
  name: 'stores',
  run: async (context) => {
    const drawn = context.system.stores.flatMap((store) => drawnStore(context, store) ?? []);
    return Promise.all(
      drawn.map(async (each) => ({
        check: stores.name,
        subject: each.store.name,
        ...(await STATES[each.store.scheme](context, each).catch(unread)),
      })),
    );
  },
};

const unread = (error: unknown): StoreVerdict => ({ verdict: 'unknown', detail: reasonOf(error) });

function drawnStore(context: CheckContext, store: Store): DrawnStore | undefined {
  const named = (names: readonly string[]) =>
    context.system.services.filter(({ name }) => names.includes(name));
  const members = named(store.members);
  if (members.length === 0) return undefined;
  const running = members.flatMap((member) => instancesOf(context, member)).filter(isRunning);
  return { store, members, running, jobs: named(store.initialisedBy) };
}
