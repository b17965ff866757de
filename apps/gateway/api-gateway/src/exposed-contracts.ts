import {
  authService,
  blockchainEngine,
  type Contract,
  sessionAnchoring,
  sessionApi,
  sessionRecorder,
} from '@lucid/contracts';

/** Services that have endpoints for people. Which of them the world can reach follows from each endpoint's `access`. */
export const exposedContracts: readonly Contract[] = [
  authService,
  sessionApi,
  sessionRecorder,
  sessionAnchoring,
  blockchainEngine,
];
