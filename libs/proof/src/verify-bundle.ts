// Runs the steps in order. Used by the command line, the session API and anyone with the file; needs no network.
import { canonicalJson, LedgerError } from '@lucid/ledger';
import { Compile } from 'typebox/compile';
import { ProofBundle } from './bundle.ts';
import {
  type ChunkBytes,
  type HashedFile,
  hashFiles,
  judgeChunkHashes,
  judgeChunkSet,
  type Numbered,
} from './chunk-files.ts';
import { chainOf, judgeCertificate, judgeGenesis } from './judge-chain.ts';
import { judgeCheckpoints } from './judge-checkpoints.ts';
import * as judges from './judges.ts';
import {
  exitCodeOf,
  type Finding,
  failed,
  PROOF_STEPS,
  type ProofReport,
  type ProofStep,
  passed,
  type StepReport,
} from './steps.ts';

export interface VerifyOptions {
  /** The chain the verifier knows; without it the proof holds for whatever chain the bundle carries. */
  readonly pinnedGenesisHash?: string;
  /** Public keys that may sign manifests; without them any key may, and the chain vouches for the manifest alone. */
  readonly trustedManifestKeys?: readonly string[];
  /** The chunk files; wins over `chunkHashes`. */
  readonly chunks?: Numbered<ChunkBytes>;
  /** SHA-256 of the chunk files, by someone the verifier believes. */
  readonly chunkHashes?: Numbered<string>;
}

/** Steps without which a later one has nothing to stand on. */
const NEEDS: Partial<Record<ProofStep, readonly ProofStep[]>> = {
  chunk_set: ['chunk_hashes'],
  manifest_signature: ['manifest_hash'],
  anchor_transaction: ['manifest_hash'],
  block_signature: ['block_hash'],
  genesis: ['block_hash'],
  block_certificate: ['genesis'],
  checkpoints: ['genesis', 'anchor_transaction'],
};

const shape = Compile(ProofBundle);

/**
 * Judges a bundle given as JSON text, as its bytes, or parsed. Never throws for what it is given: every doubt is a step
 * of the report.
 */
export async function verifyBundle(candidate: unknown, options: VerifyOptions = {}): Promise<ProofReport> {
  const read = readBundle(candidate);
  if (!('bundle' in read)) return reportOf([['bundle_format', read.finding]]);
  const { bundle } = read;
  const files = await filesOf(options);
  return reportOf([
    ['bundle_format', read.finding],
    ['chunk_hashes', judgeChunkHashes(files, bundle.manifest)],
    ['chunk_set', judgeChunkSet(files, bundle.manifest)],
    ['merkle_root', judges.judgeMerkleRoot(bundle)],
    ['manifest_hash', judges.judgeManifestHash(bundle)],
    ['manifest_signature', judges.judgeManifestSignature(bundle, options.trustedManifestKeys)],
    ['anchor_transaction', judges.judgeAnchorTransaction(bundle)],
    ['transaction_signature', judges.judgeTransactionSignature(bundle.anchor)],
    ['transaction_inclusion', judges.judgeTransactionInclusion(bundle.anchor, bundle.block)],
    ['block_hash', judges.judgeBlockHash(bundle.block)],
    ['block_signature', judges.judgeBlockSignature(bundle.block)],
    ['genesis', judgeGenesis(bundle, options.pinnedGenesisHash)],
    ...onChain(bundle),
  ]);
}

/** The steps that need a sound genesis block; without one, `genesis` has failed and they are skipped. */
function onChain(bundle: ProofBundle): [ProofStep, Finding][] {
  const chain = chainOf(bundle);
  if (!('data' in chain)) return [];
  return [
    ['block_certificate', judgeCertificate(bundle.block, chain)],
    ['checkpoints', judgeCheckpoints(bundle, chain)],
  ];
}

/** The bundle, or why there is none; the first step. */
function readBundle(candidate: unknown): { finding: Finding; bundle: ProofBundle } | { finding: Finding } {
  let value = candidate;
  try {
    if (value instanceof Uint8Array) value = new TextDecoder('utf-8', { fatal: true }).decode(value);
    if (typeof value === 'string') value = JSON.parse(value);
  } catch (error) {
    return { finding: failed(`no JSON: ${error instanceof Error ? error.message : String(error)}`) };
  }
  if (!shape.Check(value)) {
    const [error] = shape.Errors(value);
    return {
      finding: failed(`${error?.instancePath || '/'} ${error?.message ?? 'does not fit the schema'}`),
    };
  }
  try {
    canonicalJson(value); // Later steps hash parts of it and may rely on that.
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    return { finding: failed(error.message) };
  }
  return { finding: passed(`${value.format} version ${value.version}`), bundle: value };
}

async function filesOf({ chunks, chunkHashes }: VerifyOptions): Promise<readonly HashedFile[] | undefined> {
  if (chunks) return await hashFiles(chunks);
  if (!chunkHashes) return undefined;
  return Array.from(chunkHashes, ([sequenceNumber, hash]) => ({ sequenceNumber, hash: hash.toLowerCase() }));
}

/** Puts findings in the closed order and turns into `skipped` what an earlier failure leaves without ground. */
function reportOf(findings: readonly (readonly [ProofStep, Finding])[]): ProofReport {
  const found = new Map(findings);
  /** Steps that failed or fell with another, and the failed one behind it. */
  const fallen = new Map<ProofStep, ProofStep>();
  const steps = PROOF_STEPS.map((step): StepReport => {
    const finding = found.get(step);
    const ground = NEEDS[step]?.find((needed) => fallen.has(needed));
    const cause = (ground && fallen.get(ground)) ?? (finding ? undefined : 'bundle_format');
    if (!finding || cause) {
      fallen.set(step, cause ?? step);
      return { step, status: 'skipped', ok: false, detail: `${cause} failed` };
    }
    if (finding.status === 'failed') fallen.set(step, step);
    return { step, status: finding.status, ok: finding.status === 'passed', detail: finding.detail };
  });
  const failedStep = steps.find(({ status }) => status === 'failed')?.step;
  return {
    ok: failedStep === undefined,
    complete: steps.every(({ status }) => status === 'passed' || status === 'failed'),
    failed_step: failedStep ?? null,
    exit_code: exitCodeOf(failedStep),
    steps,
  };
}
