export { aChain, certificateOf, type FixtureChain } from './a-chain.ts';
export { aProofBundle, type ProofBundleOptions, type ProofFixture } from './a-proof-bundle.ts';
export { aForger } from './forger.ts';
export { bundleTampering } from './tampered-bundles.ts';
export { chunkTampering } from './tampered-chunks.ts';
