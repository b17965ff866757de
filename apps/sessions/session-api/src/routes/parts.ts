import type { sessionApi } from '@lucid/contracts';
import type { Handlers, ServiceContext } from '@lucid/service';
import type { accessTo } from '../access.ts';
import type { Deps } from '../adapters/deps.ts';
import type { Settings } from '../config.ts';

/** What handlers are made of. */
export interface Parts {
  settings: Settings;
  deps: Deps;
  context: ServiceContext;
  access: ReturnType<typeof accessTo>;
}

/** Some of the handlers of the contract. */
export type Some<Names extends keyof Handlers<typeof sessionApi>> = Pick<Handlers<typeof sessionApi>, Names>;
