import type { BodyOf, ReplyOf, sessionAnchoring } from '@lucid/contracts';
import { canonicalHash, ZERO_HASH } from '@lucid/ledger';
import type { AnchoringDocument } from '../domain/anchoring-document.ts';
import { judgeManifest, type Verdict } from '../domain/judge-manifest.ts';
import { judgeProof } from '../domain/judge-proof.ts';
import { anchorData } from '../domain/sayings.ts';
import type { Checkpoints } from './checkpoints.ts';
import type { Engine } from './engine.ts';
import { proveCheckpoint } from './prove-checkpoint.ts';

type Endpoint = (typeof sessionAnchoring)['endpoints']['verifyAnchoring'];
type Report = ReplyOf<Endpoint>;
type StepName = Report['steps'][number]['step'];

const PAGE = 100;

const verdict = (holds: boolean): Verdict => (holds ? 'passed' : 'failed');

/** Asks the engine for the proof and judges it here: what the record says is not evidence. One verdict for each step. */
export async function verifyAnchoring(
  { engine, checkpoints }: { engine: Pick<Engine, 'proof'>; checkpoints: Pick<Checkpoints, 'list'> },
  document: AnchoringDocument,
  { merkle_root, block_height, manifest }: Omit<BodyOf<Endpoint>, 'session_id'>,
): Promise<Report> {
  const { transaction } = document;
  const proof = transaction && (await engine.proof(transaction.tx_id));
  const judged = judgeManifest(manifest, document, merkle_root);
  if (!transaction || !proof)
    return report({
      ...judged,
      anchor_transaction: 'failed',
      transaction_inclusion: 'skipped',
      block: 'skipped',
      checkpoints: 'skipped',
    });
  const { transactionHolds, pathHolds, blockHolds } = judgeProof(proof);
  const { header } = proof.block;
  const saysThis =
    proof.transaction.tx_id === transaction.tx_id &&
    canonicalHash(proof.transaction.data) === canonicalHash({ ...anchorData(document), merkle_root });
  const steps = {
    ...judged,
    anchor_transaction: verdict(saysThis && transactionHolds),
    transaction_inclusion: verdict(pathHolds),
    block: verdict(blockHolds && (block_height === undefined || block_height === header.height)),
    checkpoints: await judgeCheckpoints({ engine, checkpoints }, document),
  };
  return {
    ...report(steps),
    block_height: header.height,
    transaction_id: transaction.tx_id,
    confirmation_time: header.timestamp,
  };
}

const report = (steps: Record<StepName, Verdict>): Report => ({
  verified: !Object.values(steps).includes('failed'),
  steps: (Object.entries(steps) as [StepName, Verdict][]).map(([step, status]) => ({ step, status })),
  merkle_proof_valid: steps.transaction_inclusion === 'passed',
});

/** All that the anchor names are on the chain, each after the one before, the last being the one it names. */
async function judgeCheckpoints(
  { engine, checkpoints }: { engine: Pick<Engine, 'proof'>; checkpoints: Pick<Checkpoints, 'list'> },
  { _id, checkpoints: named, chunk_count }: AnchoringDocument,
): Promise<Verdict> {
  if (!named) return 'skipped';
  let previous = ZERO_HASH;
  let sequence = 0;
  while (sequence < named.count) {
    const page = await checkpoints.list(_id, sequence, Math.min(PAGE, named.count - sequence));
    for (const document of page) {
      const proven = await proveCheckpoint(engine, document);
      sequence += 1;
      const follows = proven?.data.previous === previous;
      const fits = document.sequence === sequence && document.chunk_count <= chunk_count;
      if (!proven?.holds || !follows || !fits) return 'failed';
      previous = proven.tx_hash;
    }
    if (page.length === 0) return 'failed';
  }
  return verdict(previous === named.last);
}
