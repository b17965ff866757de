import type { ReplyOf, sessionAnchoring } from '@lucid/contracts';
import { ZERO_HASH } from '@lucid/ledger';
import { checkpointId } from '../domain/checkpoint-document.ts';
import type { Deps } from './deps.ts';
import { type ProvenCheckpoint, proveCheckpoint } from './prove-checkpoint.ts';

type Evidence = ReplyOf<(typeof sessionAnchoring)['endpoints']['sessionEvidence']>;

interface Page {
  after: number;
  limit: number;
}

/** Asks the chain what it says of a recording, whether or not that was ever finished. Nothing here is taken from the store. */
export async function sessionEvidence(
  { anchorings, checkpoints, engine }: Pick<Deps, 'anchorings' | 'checkpoints' | 'engine'>,
  session_id: string,
  { after, limit }: Page,
): Promise<Evidence> {
  const [anchoring, total, listed, before] = await Promise.all([
    anchorings.find(session_id),
    checkpoints.total(session_id, { status: 'confirmed' }),
    checkpoints.list(session_id, after, limit),
    checkpoints.find(checkpointId(session_id, after)),
  ]);
  const confirmed = listed.filter(({ status }) => status === 'confirmed');
  const proven: ProvenCheckpoint[] = [];
  for (const document of confirmed) {
    const one = await proveCheckpoint(engine, document);
    if (one) proven.push(one);
  }
  const first = after === 0 ? ZERO_HASH : before?.transaction?.tx_hash;
  return {
    session_id,
    finished: anchoring !== null,
    anchoring_status: anchoring?.status ?? 'none',
    total,
    holds: proven.length === confirmed.length && isRow(proven, after, first),
    checkpoints: proven.map(({ data, tx_hash, proof, holds }) => {
      const { sequence, chunk_count, merkle_root, total_size, recorded_at, previous } = data;
      return { sequence, chunk_count, merkle_root, total_size, recorded_at, previous, tx_hash, holds, proof };
    }),
  };
}

/** Each holds, has the number after the one before, names it, has the same signer, and does not shrink. */
function isRow(proven: readonly ProvenCheckpoint[], after: number, first: string | undefined): boolean {
  return proven.every(({ data, holds, proof }, index) => {
    const before = proven[index - 1];
    return (
      holds &&
      data.sequence === after + index + 1 &&
      data.previous === (before?.tx_hash ?? first) &&
      proof.transaction.public_key === proven[0]?.proof.transaction.public_key &&
      data.chunk_count >= (before?.data.chunk_count ?? 0)
    );
  });
}
