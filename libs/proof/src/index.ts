export {
  BUNDLE_FORMAT,
  BUNDLE_VERSION,
  type BuildBundleInput,
  buildBundle,
  InclusionProof,
  inclusionOf,
  ProofBundle,
  type ProvenCheckpoint,
  type ProvenTransactionInput,
  provenTransaction,
} from './bundle.ts';
export type { ChunkBytes, Numbered } from './chunk-files.ts';
export { type IncludedFindings, verifyIncluded } from './judge-included.ts';
export { type PlainReport, verifyPlainRecording } from './plain-recording.ts';
export {
  exitCodeOf,
  PROOF_STEPS,
  type ProofReport,
  type ProofStep,
  type StepReport,
  type StepStatus,
} from './steps.ts';
export { type VerifyOptions, verifyBundle } from './verify-bundle.ts';
