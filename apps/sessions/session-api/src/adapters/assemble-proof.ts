import type { TransactionProof } from '@lucid/contracts';
import { commonErrors, ServiceError } from '@lucid/errors';
import { type SessionAnchorData, txHash } from '@lucid/ledger';
import type { SignedManifest } from '@lucid/manifest';
import { leafHash } from '@lucid/merkle';
import { buildBundle, type ProofBundle, type ProvenTransactionInput } from '@lucid/proof';
import type { SessionDocument } from '../domain/session-document.ts';
import { errors } from '../errors.ts';
import type { Clients } from './clients.ts';
import type { Deps } from './deps.ts';

const CHECKPOINTS_PER_PAGE = 100;

/** A transaction it does not know yet may still come; that it does not know this service is no fault of the user. */
function fromEngine(error: unknown): never {
  if (!(error instanceof ServiceError)) throw error;
  if (error.status === 404) throw errors.NOT_ANCHORED({ cause: error });
  if (error.status === 401 || error.status === 403) throw commonErrors.UPSTREAM_FAILED({ cause: error });
  throw error;
}

/**
 * Everything that proves a recording offline, in one document.
 * @throws 7008 while no block holds the anchor
 */
export async function assembleProof(
  { clients }: Pick<Deps, 'clients'>,
  session: SessionDocument,
): Promise<ProofBundle> {
  const transactionId = session.anchor?.transaction_id;
  const isAnchored = session.anchoring_status === 'confirmed' || session.anchoring_status === 'finalized';
  if (!isAnchored || transactionId === undefined)
    throw errors.NOT_ANCHORED({
      details: { status: session.status, anchoring_status: session.anchoring_status },
    });
  const params = { session_id: session._id };
  const [manifest, { body: onChain }] = await Promise.all([
    clients.storage.getManifest({ params }),
    clients.engine.getTransactionProof({ params: { tx_id: transactionId } }).catch(fromEngine),
  ]);
  const named = (onChain.transaction.data as SessionAnchorData).checkpoints;
  return buildBundle({
    signedManifest: manifest.body as unknown as SignedManifest,
    anchor: provenBy(onChain),
    checkpoints: await checkpointsOf(clients, session._id, named?.count ?? 0),
    genesis: onChain.genesis,
  });
}

/** The checkpoints that the anchor names, in order, each with what proves it. */
async function checkpointsOf(
  { anchoring }: Pick<Clients, 'anchoring'>,
  session_id: string,
  count: number,
): Promise<ProvenTransactionInput[]> {
  const found: ProvenTransactionInput[] = [];
  while (found.length < count) {
    const limit = Math.min(CHECKPOINTS_PER_PAGE, count - found.length);
    const query = { after: found.length, limit };
    const { body } = await anchoring.sessionEvidence({ params: { session_id }, query });
    if (body.checkpoints.length === 0) break; // what is missing is for the verifier to tell
    found.push(...body.checkpoints.map(({ proof }) => provenBy(proof)));
  }
  return found;
}

function provenBy(proof: TransactionProof): ProvenTransactionInput {
  const { transaction, transaction_index, transaction_count, proof_path, block } = proof;
  return {
    transaction,
    inclusion: {
      leaf_hash: leafHash(txHash(transaction)),
      leaf_index: transaction_index,
      leaf_count: transaction_count,
      proof_path,
    },
    block,
    validatorPublicKey: proof.validator_public_key,
    certificate: proof.certificate,
  };
}
