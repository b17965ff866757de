import type { ServiceContext } from '@lucid/service';
import type { Deps } from './adapters/deps.ts';

/** What this service needs besides its peers, which watch themselves: nothing. It keeps nothing. */
export function addHealthChecks(_context: ServiceContext, _deps: Deps): void {}
