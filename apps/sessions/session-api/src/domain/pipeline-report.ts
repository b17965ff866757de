import type { Pipeline, PipelineReport } from '@lucid/contracts';
import type { SessionDocument } from './session-document.ts';

type Stage = PipelineReport['stages'][number];
type Known = Pick<Pipeline, 'stages' | 'progress'>;

/** Which stage of the pipeline each of the seeds' five is part of: a chunk is compressed, encrypted and stored in one go. */
const PART_OF = {
  compression: 'storage',
  encryption: 'storage',
  storage: 'storage',
  merkle_build: 'merkle_build',
  anchoring: 'anchoring',
} as const;

/** The stages of processing. @param pipeline nothing for a session that was never started, or whose pipeline is forgotten */
export function pipelineReport(document: SessionDocument, pipeline: Known | undefined): PipelineReport {
  const { _id, status, pipeline_status, anchoring_status, error, updated_at } = document;
  const isDone = pipeline === undefined && status === 'completed';
  const stages = Object.entries(PART_OF).map(([name, part]): Stage => {
    const known = pipeline?.stages.find(({ stage_name }) => stage_name === part);
    const stage = part === 'storage' ? whileRecording(known, document) : known;
    return {
      stage_name: name as Stage['stage_name'],
      status: stage?.status ?? (isDone ? 'completed' : 'inactive'),
      progress: stage?.progress ?? (isDone ? 100 : 0),
      ...(stage?.error_message === undefined ? {} : { error_message: stage.error_message }),
    };
  });
  return {
    ...{ session_id: _id, status, pipeline_status, anchoring_status },
    progress: pipeline?.progress ?? (isDone ? 100 : 0),
    stages,
    ...(error === undefined ? {} : { error }),
    updated_at,
  };
}

/** The pipeline waits for storage after the recording; chunks go there all the time. More may come, so it is never done before. */
function whileRecording<Part extends Pipeline['stages'][number]>(
  stage: Part | undefined,
  { statistics }: SessionDocument,
): Part | undefined {
  const { chunks_count, chunks_stored } = statistics;
  if (stage?.status !== 'inactive' || chunks_count === 0) return stage;
  return {
    ...stage,
    status: 'active',
    progress: Math.min(99, Math.floor((100 * chunks_stored) / chunks_count)),
  };
}
