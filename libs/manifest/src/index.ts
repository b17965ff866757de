export {
  type BuildManifestInput,
  buildManifest,
  manifestHash,
  manifestRoot,
  type StoredChunk,
  signManifest,
  totalSize,
} from './build-manifest.ts';
export { chunkId, MANIFEST_VERSION, Manifest, ManifestChunk, SignedManifest } from './manifest.ts';
export { ManifestError, type ManifestErrorCode } from './manifest-error.ts';
export {
  type ManifestOutcome,
  type ManifestVerdict,
  manifestContradiction,
  verifyManifest,
} from './verify-manifest.ts';
