import type { ServiceContext } from '@lucid/service';
import type { SessionKeys } from './adapters/session-keys.ts';
import { errors } from './errors.ts';

/** MongoDB is watched by `openMongo`; here: do our key-encryption keys open every session key we meet? */
export function addHealthChecks(context: ServiceContext, keys: SessionKeys): void {
  context.health.add({
    name: 'encryption key',
    check: async () => {
      if (keys.hasForeignKeys) throw errors.KEY_NOT_OURS();
    },
  });
}
