import type { TransactionProof } from '@lucid/contracts';
import { canonicalHash, type SessionCheckpointData, txHash } from '@lucid/ledger';
import { type CheckpointDocument, checkpointData } from '../domain/checkpoint-document.ts';
import { judgeProof } from '../domain/judge-proof.ts';
import type { Engine } from './engine.ts';

export interface ProvenCheckpoint {
  data: SessionCheckpointData;
  tx_hash: string;
  proof: TransactionProof;
  /** The proof leads to a block of the chain, and the transaction says what was kept. */
  holds: boolean;
}

/** Has the engine prove one checkpoint, and judges that. @returns undefined when the engine does not have it in a block */
export async function proveCheckpoint(
  engine: Pick<Engine, 'proof'>,
  document: CheckpointDocument,
): Promise<ProvenCheckpoint | undefined> {
  const { transaction } = document;
  const proof = transaction && (await engine.proof(transaction.tx_id));
  if (!proof) return undefined;
  const data = checkpointData(document);
  const says = proof.transaction.type === 'data_storage' && canonicalHash(proof.transaction.data);
  const holds = judgeProof(proof).holds && says === canonicalHash(data);
  return { data, tx_hash: txHash(proof.transaction), proof, holds };
}
