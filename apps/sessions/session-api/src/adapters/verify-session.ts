import { verifyBundle } from '@lucid/proof';
import type { SessionDocument } from '../domain/session-document.ts';
import { assembleProof } from './assemble-proof.ts';
import type { Deps } from './deps.ts';

type Outcome = 'ok' | 'failed' | 'skipped' | 'not_checked';

export interface VerificationReport {
  session_id: string;
  verified: boolean;
  failed_step?: string;
  steps: { step: string; outcome: Outcome; detail: string }[];
}

/** Up to 100 GiB are read again. */
const INTEGRITY_TIMEOUT_MS = 600_000;

/** The offline verification, run here over what the files in storage hash to at this moment. */
export async function verifySession(
  deps: Deps,
  session: SessionDocument,
  signal: AbortSignal,
): Promise<VerificationReport> {
  const bundle = await assembleProof(deps, session); // first: without it nothing has to be hashed
  // Past its retention there is nothing to hash: the steps about chunks say that they were not checked.
  const chunkHashes = session.purged_at ? undefined : await storedHashes(deps, session._id, signal);
  const report = await verifyBundle(bundle, chunkHashes ? { chunkHashes } : {});
  deps.instruments.sessions_verified_total.inc({ outcome: report.ok ? 'verified' : 'refused' });
  return {
    session_id: session._id,
    verified: report.ok,
    ...(report.failed_step ? { failed_step: report.failed_step } : {}),
    steps: report.steps.map(({ step, status, detail }) => ({
      step,
      outcome: status === 'passed' ? 'ok' : status,
      detail,
    })),
  };
}

/** What the files in storage hash to now; a file that is missing is missing here too. */
async function storedHashes(
  { clients }: Pick<Deps, 'clients'>,
  session_id: string,
  signal: AbortSignal,
): Promise<Map<number, string>> {
  const timeoutMs = INTEGRITY_TIMEOUT_MS;
  const { body } = await clients.storage.checkIntegrity({ params: { session_id }, timeoutMs, signal });
  return new Map(
    body.chunks.flatMap(({ sequence_number, actual_hash }) =>
      actual_hash === undefined ? [] : ([[sequence_number, actual_hash]] as [number, string][]),
    ),
  );
}
