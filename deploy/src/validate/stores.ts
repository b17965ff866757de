import type { Store } from '../model/store.ts';
import { type Check, type CheckContext, instancesOf, isRunning, reasonOf } from './check.ts';
import type { DrawnStore, StoreVerdict } from './drawn-store.ts';
import { elasticsearchState } from './elasticsearch-state.ts';
import { mongoState } from './mongo-state.ts';
import { redisState } from './redis-state.ts';

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
