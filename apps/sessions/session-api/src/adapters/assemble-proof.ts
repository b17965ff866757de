import { commonErrors, ServiceError } from '@lucid/errors';
import { txHash } from '@lucid/ledger';
import type { SignedManifest } from '@lucid/manifest';
import { leafHash } from '@lucid/merkle';
import { buildBundle, type ProofBundle } from '@lucid/proof';
import type { SessionDocument } from '../domain/session-document.ts';
import { errors } from '../errors.ts';
import type { Deps } from './connect.ts';

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
  const [manifest, onChain] = await Promise.all([
    clients.storage.getManifest({ params }),
    clients.engine.getTransactionProof({ params: { tx_id: transactionId } }).catch(fromEngine),
  ]);
  const {
    transaction,
    transaction_index,
    transaction_count,
    proof_path,
    block,
    validator_public_key,
    genesis,
  } = onChain.body;
  return buildBundle({
    signedManifest: manifest.body as unknown as SignedManifest,
    transaction,
    inclusion: {
      leaf_hash: leafHash(txHash(transaction)),
      leaf_index: transaction_index,
      leaf_count: transaction_count,
      proof_path,
    },
    block,
    validatorPublicKey: validator_public_key,
    genesis,
  });
}
