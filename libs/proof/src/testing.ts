export { aProofBundle, type ProofBundleOptions, type ProofFixture } from './a-proof-bundle.ts';
