import type { BodyOf, ReplyOf, sessionAnchoring } from '@lucid/contracts';
import { canonicalHash } from '@lucid/ledger';
import type { AnchoringDocument } from '../domain/anchoring-document.ts';
import { judgeProof } from '../domain/judge-proof.ts';
import { anchorData } from '../domain/sign-anchor.ts';
import type { Engine } from './engine.ts';

type Endpoint = (typeof sessionAnchoring)['endpoints']['verifyAnchoring'];

const NOT_ANCHORED = { verified: false, merkle_proof_valid: false } as const;

/** Asks the engine for the proof and judges it here: what the record says is not evidence. */
export async function verifyAnchoring(
  engine: Pick<Engine, 'proof'>,
  document: AnchoringDocument,
  { merkle_root, block_height }: Pick<BodyOf<Endpoint>, 'merkle_root' | 'block_height'>,
): Promise<ReplyOf<Endpoint>> {
  const { transaction } = document;
  const proof = transaction && (await engine.proof(transaction.tx_id));
  if (!transaction || !proof) return NOT_ANCHORED;
  const { pathHolds, holds } = judgeProof(proof);
  const { header } = proof.block;
  const saysThis =
    proof.transaction.tx_id === transaction.tx_id &&
    canonicalHash(proof.transaction.data) === canonicalHash({ ...anchorData(document), merkle_root });
  return {
    verified: holds && saysThis && (block_height === undefined || block_height === header.height),
    block_height: header.height,
    transaction_id: transaction.tx_id,
    confirmation_time: header.timestamp,
    merkle_proof_valid: pathHolds,
  };
}
