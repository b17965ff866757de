// Writes vectors.json: true bundles, and alterations of them with the step that must refuse them. The same fixtures give the same file.
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { verifyBundle } from '@lucid/proof';
import { aProofBundle, bundleTampering, chunkTampering } from '@lucid/proof/testing';
import { type Change, changesBetween } from './changes.ts';

/** One thing to judge. Without `changes` and `text_base64` it is the named bundle as it stands. */
export interface Vector {
  readonly name: string;
  readonly bundle: string;
  /** Applied to a copy of the bundle, in order. */
  readonly changes?: readonly Change[];
  /** The bytes of the file, where they are no JSON object. */
  readonly text_base64?: string;
  /** Number and SHA-256 of each chunk file that is given; absent: none is. */
  readonly files?: readonly (readonly [number, string])[];
  readonly genesis_hash?: string;
  readonly manifest_keys?: readonly string[];
  readonly expected: {
    readonly ok: boolean;
    readonly complete: boolean;
    readonly failed_step: string | null;
  };
}

export interface Vectors {
  readonly format: 'lucid-proof-vectors';
  readonly version: 1;
  readonly bundles: Readonly<Record<string, unknown>>;
  readonly vectors: readonly Vector[];
}

const whole = aProofBundle();
const fixtures = {
  whole,
  'one chunk, one validator, no checkpoint': aProofBundle({
    seed: 3,
    chunkCount: 1,
    otherTransactions: 0,
    validatorCount: 1,
    checkpointCount: 0,
  }),
  'seventeen chunks, seven validators': aProofBundle({
    seed: 4,
    chunkCount: 17,
    plainBytesPerChunk: 50,
    otherTransactions: 12,
    validatorCount: 7,
    checkpointCount: 5,
  }),
  'an anchor that names no key': aProofBundle({ seed: 5, anchorNamesKey: false }),
};
const other = aProofBundle({ seed: 2 });

const hashesOf = (files: Iterable<readonly [number, Uint8Array]>) =>
  Array.from(files, ([number, bytes]) => [number, createHash('sha256').update(bytes).digest('hex')] as const);

/** What the library says is what is expected; that it is right is the business of its own tests. */
async function withExpectation(vector: Omit<Vector, 'expected'>, candidate: unknown): Promise<Vector> {
  const { ok, complete, failed_step } = await verifyBundle(candidate, {
    ...(vector.files && { chunkHashes: vector.files }),
    ...(vector.genesis_hash !== undefined && { pinnedGenesisHash: vector.genesis_hash }),
    ...(vector.manifest_keys && { trustedManifestKeys: vector.manifest_keys }),
  });
  return { ...vector, expected: { ok, complete, failed_step } };
}

function altered(name: string, candidate: unknown): Omit<Vector, 'expected'> {
  const common = { name, bundle: 'whole', genesis_hash: whole.genesisHash };
  if (typeof candidate === 'object' && candidate !== null && !(candidate instanceof Uint8Array))
    return { ...common, changes: changesBetween(whole.bundle, JSON.parse(JSON.stringify(candidate))) };
  const bytes = candidate instanceof Uint8Array ? candidate : Buffer.from(JSON.stringify(candidate));
  return { ...common, text_base64: Buffer.from(bytes).toString('base64') };
}

export async function makeVectors(): Promise<Vectors> {
  const good = Object.entries(fixtures).flatMap(([name, { bundle, chunkFiles, genesisHash, keys }]) => [
    withExpectation({ name: `${name}, as it is`, bundle: name }, bundle),
    withExpectation(
      {
        name: `${name}, with its files, chain and key`,
        bundle: name,
        files: hashesOf(chunkFiles),
        genesis_hash: genesisHash,
        manifest_keys: [keys.manifest.publicKey],
      },
      bundle,
    ),
  ]);
  const badFiles = chunkTampering(whole, other).map(([name, , files]) =>
    withExpectation({ name, bundle: 'whole', files: hashesOf(files) }, whole.bundle),
  );
  const badBundles = bundleTampering(whole, other).map(([name, , candidate]) =>
    withExpectation(altered(name, candidate), candidate),
  );
  const strangers = [
    withExpectation(
      { name: 'a manifest key that is not trusted', bundle: 'whole', manifest_keys: ['ab'.repeat(32)] },
      whole.bundle,
    ),
    withExpectation(
      { name: 'a chain that is not the pinned one', bundle: 'whole', genesis_hash: other.genesisHash },
      whole.bundle,
    ),
  ];
  return {
    format: 'lucid-proof-vectors',
    version: 1,
    bundles: Object.fromEntries(Object.entries(fixtures).map(([name, { bundle }]) => [name, bundle])),
    vectors: await Promise.all([...good, ...badFiles, ...badBundles, ...strangers]),
  };
}

if (import.meta.main) {
  const vectors = await makeVectors();
  writeFileSync(new URL('../vectors.json', import.meta.url), `${JSON.stringify(vectors, null, 1)}\n`);
  console.log(`${vectors.vectors.length} vectors over ${Object.keys(vectors.bundles).length} bundles`);
}
