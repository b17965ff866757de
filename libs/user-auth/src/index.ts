export { addUserAuthHealth } from './health.ts';
export { userAuthMetrics } from './metrics.ts';
export type { VerifiedUser } from './verified-user.ts';
export { createUserVerifier, type UserVerifier, type UserVerifierOptions } from './verifier.ts';
