import type { PipelineDocument } from './pipeline-document.ts';
import { currentStage, workingStages } from './stages.ts';

/** What is forgotten of a failure, so that the stage it happened in is taken up again. `undefined` takes a field away. */
export function recoveryOf(document: PipelineDocument) {
  const isAnchoring = document.state === 'error' && currentStage(document.stages) === 'anchoring';
  return {
    stages: workingStages(document.stages),
    recoveries: document.recoveries + 1,
    failures: 0,
    gaps: 0,
    failing_since_ms: undefined,
    error: undefined,
    ...(isAnchoring ? { anchor_again: true as const } : {}),
  };
}
