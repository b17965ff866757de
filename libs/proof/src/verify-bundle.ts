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
const NEEDS: Partial<Record<ProofStep, ProofStep>> = {
  chunk_set: 'chunk_hashes',
  manifest_signature: 'manifest_hash',
  anchor_transaction: 'manifest_hash',
  block_signature: 'block_hash',
  genesis: 'block_hash',
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
    ['transaction_signature', judges.judgeTransactionSignature(bundle)],
    ['transaction_inclusion', judges.judgeTransactionInclusion(bundle)],
    ['block_hash', judges.judgeBlockHash(bundle)],
    ['block_signature', judges.judgeBlockSignature(bundle)],
    ['genesis', judges.judgeGenesis(bundle, options.pinnedGenesisHash)],
  ]);
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
  const failedSteps = new Set(findings.filter(([, { status }]) => status === 'failed').map(([step]) => step));
  const steps = PROOF_STEPS.map((step): StepReport => {
    const finding = found.get(step);
    const missing = finding ? NEEDS[step] : 'bundle_format';
    if (!finding || (missing && failedSteps.has(missing))) {
      return { step, status: 'skipped', ok: false, detail: `${missing} failed` };
    }
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
