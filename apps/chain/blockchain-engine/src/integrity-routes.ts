import type { blockchainEngine } from '@lucid/contracts';
import { commonErrors } from '@lucid/errors';
import { type Handlers, isAdmin } from '@lucid/service';
import type { Deps } from './adapters/connect.ts';

type IntegrityHandlers = Pick<Handlers<typeof blockchainEngine>, 'chainIntegrity'>;

export const integrityRoutes = ({ integrity }: Pick<Deps, 'integrity'>): IntegrityHandlers => ({
  chainIntegrity: ({ user }) => {
    if (user && !isAdmin(user)) throw commonErrors.NOT_PERMITTED();
    return integrity.report();
  },
});
