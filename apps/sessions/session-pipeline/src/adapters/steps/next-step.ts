import type { PipelineDocument } from '../../domain/pipeline-document.ts';
import { currentStage } from '../../domain/stages.ts';
import { anchor, awaitFinality } from './anchor.ts';
import { awaitStorage } from './await-storage.ts';
import { buildTree } from './build-tree.ts';
import { endRecording } from './end-recording.ts';
import { signManifest } from './sign-manifest.ts';
import { start } from './start.ts';
import type { Step } from './step.ts';
import { watchRecording } from './watch-recording.ts';

const WHILE_STOPPING: Readonly<Record<string, Step>> = {
  recording: endRecording,
  storage: awaitStorage,
  merkle_build: buildTree,
  manifest: signManifest,
  anchoring: anchor,
};

/** What a pipeline needs next; undefined when it is at rest. */
export function nextStep(document: PipelineDocument): Step | undefined {
  switch (document.state) {
    case 'starting':
      return start;
    case 'active':
      return watchRecording;
    case 'stopping':
      return WHILE_STOPPING[currentStage(document.stages) ?? ''];
    case 'stopped':
      return document.anchoring_status === 'confirmed' ? awaitFinality : undefined;
    default:
      return undefined;
  }
}
