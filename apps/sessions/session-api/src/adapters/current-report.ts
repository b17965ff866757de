import type { PipelineReport } from '@lucid/contracts';
import { ServiceError } from '@lucid/errors';
import { pipelineReport } from '../domain/pipeline-report.ts';
import type { SessionDocument } from '../domain/session-document.ts';
import { errors } from '../errors.ts';
import type { Deps } from './deps.ts';

/** Where the processing of a session is now. @throws what the pipeline's service throws, but for a pipeline it does not know */
export async function currentReport(
  { clients, sessions }: Pick<Deps, 'clients' | 'sessions'>,
  { _id }: SessionDocument,
): Promise<PipelineReport> {
  const pipeline = await clients.pipeline
    .getPipeline({ params: { session_id: _id } })
    .then(({ body }) => body)
    .catch((error: unknown) => {
      if (error instanceof ServiceError && error.status === 404) return undefined;
      throw error;
    });
  const session = await sessions.find(_id);
  if (!session) throw errors.SESSION_NOT_FOUND();
  return pipelineReport(session, pipeline);
}
