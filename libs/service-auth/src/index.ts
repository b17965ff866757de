export { type Credentials, type CredentialsOptions, createCredentials } from './credentials.ts';
export { generateServiceKey, loadServiceKey, type ServiceKey } from './service-key.ts';
export { type Caller, createVerifier, type Verifier, type VerifierOptions } from './verifier.ts';
