import type { blockchainEngine } from '@lucid/contracts';
import type { Handlers } from '@lucid/service';
import type { Deps } from './adapters/deps.ts';

type IntegrityHandlers = Pick<Handlers<typeof blockchainEngine>, 'chainIntegrity'>;

export const integrityRoutes = ({ integrity }: Pick<Deps, 'integrity'>): IntegrityHandlers => ({
  chainIntegrity: () => integrity.report(),
});
