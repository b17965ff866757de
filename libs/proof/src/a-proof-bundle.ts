// A complete, true proof for tests: recording, chunk files, manifest, anchor, block and genesis, from one seed.
import { createHash } from 'node:crypto';
import { encapsulateFrom, encodeChunk, publicKeyOf, recipientFrom } from '@lucid/chunk-codec';
import { sessionLikeBytes } from '@lucid/chunk-codec/testing';
import {
  SESSION_CHECKPOINT,
  type SigningKey,
  signingKeyFromSeed,
  signTransaction,
  type Transaction,
  txHash,
  ZERO_HASH,
} from '@lucid/ledger';
import { buildManifest, type Manifest, type SignedManifest, signManifest, totalSize } from '@lucid/manifest';
import { merkleRoot } from '@lucid/merkle';
import { aChain } from './a-chain.ts';
import { buildBundle, type ProofBundle, type ProvenTransactionInput } from './bundle.ts';

export interface ProofBundleOptions {
  /** @default 1 */
  readonly seed?: number;
  /** @default 3 */
  readonly chunkCount?: number;
  /** @default 4000 */
  readonly plainBytesPerChunk?: number;
  /** Transactions in the block besides the anchor, which stands in the middle. @default 4 */
  readonly otherTransactions?: number;
  /** Whether the anchor names the key of the manifest. @default true */
  readonly anchorNamesKey?: boolean;
  /** @default 4 */
  readonly validatorCount?: number;
  /** At most one more than there are chunks. @default 3 */
  readonly checkpointCount?: number;
}

/** Everything a test wants to alter, and the keys to sign the alteration with. */
export interface ProofFixture {
  readonly bundle: ProofBundle;
  readonly genesisHash: string;
  /** Every transaction of the block, the anchor among them. */
  readonly transactions: readonly Transaction[];
  /** Sequence number → chunk file. */
  readonly chunkFiles: ReadonlyMap<number, Buffer>;
  /** Sequence number → plaintext. */
  readonly plaintexts: ReadonlyMap<number, Buffer>;
  /** Opens the chunk files. */
  readonly privateKey: Buffer;
  readonly signedManifest: SignedManifest;
  readonly keys: {
    readonly manifest: SigningKey;
    readonly anchor: SigningKey;
    /** `node-1`, `node-2`, … */
    readonly validators: readonly SigningKey[];
  };
}

const STARTED_MS = Date.UTC(2026, 0, 2, 3, 0, 0);
const at = (seconds: number) => new Date(STARTED_MS + seconds * 1000).toISOString();

/** The same fixture for the same options. */
export function aProofBundle(options: ProofBundleOptions = {}): ProofFixture {
  const {
    seed = 1,
    chunkCount = 3,
    plainBytesPerChunk = 4000,
    otherTransactions = 4,
    anchorNamesKey = true,
    validatorCount = 4,
    checkpointCount = 3,
  } = options;
  const bytes = seededBytes(seed);
  const keys = {
    manifest: signingKeyFromSeed(bytes(32)),
    anchor: signingKeyFromSeed(bytes(32)),
    validators: Array.from({ length: validatorCount }, () => signingKeyFromSeed(bytes(32))),
  };
  const privateKey = bytes(32);
  const session_id = uuidOf(bytes);
  const numbers = Array.from({ length: chunkCount }, (_, i) => i + 1);
  const plaintexts = new Map(numbers.map((n) => [n, sessionLikeBytes(plainBytesPerChunk, seed * 1000 + n)]));
  const encoded = [...plaintexts].map(([sequenceNumber, plaintext]) => ({
    sequenceNumber,
    plain_size: plaintext.length,
    ...encodeChunk({
      plaintext,
      sessionId: session_id,
      sequenceNumber,
      recipient: recipientFrom(publicKeyOf(privateKey)),
      encapsulate: encapsulateFrom(bytes),
    }),
  }));
  const manifest = buildManifest({
    manifest_id: uuidOf(bytes),
    session: { session_id, owner_ref: bytes(32).toString('hex'), started_at: at(0), ended_at: at(60) },
    chunks: encoded.map((chunk) => ({
      sequence_number: chunk.sequenceNumber,
      chunk_hash: chunk.chunkHash,
      size_bytes: chunk.file.length,
      plain_size: chunk.plain_size,
      plain_hash: chunk.plainHash,
      compression: chunk.compression.algorithm,
    })),
    encryption: { algorithm: 'HPKE-X25519-SHA256-AES256GCM', key_id: 'key-1' },
    compression: { algorithm: 'zstd', level: 3 },
    recorder_version: '0.1.0',
    codec_info: 'application/octet-stream',
    generated_at: at(61),
    generated_by: 'lucid-session-pipeline',
  });
  const signedManifest = signManifest(manifest, keys.manifest);
  const checkpoints = checkpointsOf(manifest, Math.min(checkpointCount, chunkCount + 1), keys.anchor, bytes);
  const last = checkpoints.at(-1);
  const anchor = signTransaction(
    {
      tx_id: uuidOf(bytes),
      type: 'session_anchor',
      timestamp: at(62),
      data: {
        session_id,
        merkle_root: manifest.merkle_root,
        manifest_hash: signedManifest.manifest_hash,
        chunk_count: manifest.chunk_count,
        total_size: manifest.total_size,
        owner_ref: manifest.owner_ref,
        created_at: at(62),
        ...(anchorNamesKey && { manifest_public_key: keys.manifest.publicKey }),
        ...(last && { checkpoints: { count: checkpoints.length, last: txHash(last) } }),
      },
    },
    keys.anchor,
  );
  const others = Array.from({ length: otherTransactions }, (_, i) =>
    signTransaction(
      { tx_id: uuidOf(bytes), type: 'data_storage', timestamp: at(62), data: { i } },
      keys.anchor,
    ),
  );
  const transactions = others.toSpliced(otherTransactions >> 1, 0, anchor);
  const chain = aChain(keys.validators);
  const checkpointsProven = checkpoints.map((checkpoint, i) =>
    chain.append([checkpoint], STARTED_MS + 1000 * (i + 1)).get(checkpoint.tx_id),
  );
  const createdAtMs = STARTED_MS + 65_000;
  const anchorProven = chain.append(transactions, createdAtMs).get(anchor.tx_id);
  const isProven = (one: ProvenTransactionInput | undefined) => one !== undefined;
  if (!anchorProven || !checkpointsProven.every(isProven))
    throw new Error('they are on the chain by construction');
  const { genesis } = chain;
  return {
    bundle: buildBundle({
      signedManifest,
      anchor: anchorProven,
      checkpoints: checkpointsProven,
      genesis,
      createdAtMs,
    }),
    genesisHash: genesis.hash,
    transactions,
    chunkFiles: new Map(encoded.map((chunk) => [chunk.sequenceNumber, chunk.file])),
    plaintexts,
    privateKey,
    signedManifest,
    keys,
  };
}

/** One for the beginning, then one for each further chunk. */
function checkpointsOf(manifest: Manifest, count: number, key: SigningKey, bytes: (size: number) => Buffer) {
  const made: Transaction[] = [];
  for (let chunk_count = 0; chunk_count < count; chunk_count += 1) {
    const chunks = manifest.chunks.slice(0, chunk_count);
    const previous = made.at(-1);
    const data = {
      kind: SESSION_CHECKPOINT,
      session_id: manifest.session_id,
      sequence: chunk_count + 1,
      chunk_count,
      merkle_root: chunk_count === 0 ? ZERO_HASH : merkleRoot(chunks.map(({ chunk_hash }) => chunk_hash)),
      total_size: totalSize(chunks),
      previous: previous ? txHash(previous) : ZERO_HASH,
      owner_ref: manifest.owner_ref,
      recorded_at: at(chunk_count),
    };
    made.push(
      signTransaction({ tx_id: uuidOf(bytes), type: 'data_storage', timestamp: at(chunk_count), data }, key),
    );
  }
  return made;
}

function seededBytes(seed: number) {
  let calls = 0;
  return (size: number): Buffer => {
    calls += 1;
    return createHash('shake256', { outputLength: size }).update(`proof fixture ${seed}:${calls}`).digest();
  };
}

function uuidOf(bytes: (size: number) => Buffer): string {
  const hex = bytes(16).toString('hex');
  return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, '$1-$2-4$3-8$4-$5');
}
