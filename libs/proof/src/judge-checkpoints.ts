// Whether what was said of a recording while it ran is what came out in the end.
import { SessionAnchorData, SessionCheckpointData, txHash, ZERO_HASH } from '@lucid/ledger';
import { type Manifest, totalSize } from '@lucid/manifest';
import { merkleRoot } from '@lucid/merkle';
import { Compile } from 'typebox/compile';
import type { ProofBundle, ProvenCheckpoint } from './bundle.ts';
import type { Chain } from './judge-chain.ts';
import { judgeIncluded } from './judge-included.ts';
import { type Finding, failed, passed } from './steps.ts';

const anchorShape = Compile(SessionAnchorData);
const checkpointShape = Compile(SessionCheckpointData);

/** As many as the anchor names, each after the one before, of the same recording, on the same chain. */
export function judgeCheckpoints(bundle: ProofBundle, chain: Chain): Finding {
  const { anchor, checkpoints } = bundle;
  const { data } = anchor.transaction;
  const named = anchorShape.Check(data) ? data.checkpoints : undefined;
  if ((named?.count ?? 0) !== checkpoints.length)
    return failed(`the anchor names ${named?.count ?? 0} checkpoints, the bundle has ${checkpoints.length}`);
  let previous: Previous = { hash: ZERO_HASH, chunk_count: 0 };
  for (const [i, checkpoint] of checkpoints.entries()) {
    const fault =
      contradictionOf(bundle, checkpoint, { sequence: i + 1, previous }) ?? notProven(checkpoint, chain);
    if (fault !== undefined) return failed(`checkpoint ${i + 1}: ${fault}`);
    const { chunk_count } = checkpoint.transaction.data as SessionCheckpointData;
    previous = { hash: txHash(checkpoint.transaction), chunk_count };
  }
  if (named && named.last !== previous.hash) return failed('the anchor names another last checkpoint');
  return passed(checkpoints.length === 0 ? 'none were made' : `${checkpoints.length} fit the manifest`);
}

interface Previous {
  readonly hash: string;
  readonly chunk_count: number;
}

/** What of a checkpoint does not fit the manifest, the anchor or the checkpoint before. */
function contradictionOf(
  { manifest, anchor }: ProofBundle,
  { transaction }: ProvenCheckpoint,
  { sequence, previous }: { sequence: number; previous: Previous },
): string | undefined {
  const { type, data, public_key } = transaction;
  if (type !== 'data_storage' || !checkpointShape.Check(data)) return 'the transaction is none';
  if (public_key !== anchor.transaction.public_key) return 'signed by somebody else than the anchor';
  if (data.session_id !== manifest.session_id || data.owner_ref !== manifest.owner_ref)
    return 'belongs to another session';
  if (data.sequence !== sequence || data.previous !== previous.hash) return 'does not follow the one before';
  if (data.chunk_count < previous.chunk_count) return 'has fewer chunks than the one before';
  if (data.chunk_count > manifest.chunks.length)
    return `saw ${data.chunk_count} chunks, the manifest lists ${manifest.chunks.length}`;
  const chunks: Manifest['chunks'] = manifest.chunks.slice(0, data.chunk_count);
  const root = chunks.length === 0 ? ZERO_HASH : merkleRoot(chunks.map(({ chunk_hash }) => chunk_hash));
  return root === data.merkle_root && totalSize(chunks) === data.total_size
    ? undefined
    : `saw other chunks than the first ${data.chunk_count} of the manifest`;
}

/** Why the chain does not vouch for a checkpoint. */
function notProven(checkpoint: ProvenCheckpoint, chain: Chain): string | undefined {
  const findings = Object.values(judgeIncluded(checkpoint, chain));
  return findings.find(({ status }) => status === 'failed')?.detail;
}
