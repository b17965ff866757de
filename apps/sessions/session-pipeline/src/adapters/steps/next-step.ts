import type { PipelineDocument } from '../../domain/pipeline-document.ts';
import { nextState } from '../../domain/pipeline-state.ts';
import { currentStage } from '../../domain/stages.ts';
import { anchor, awaitFinality } from './anchor.ts';
import { awaitStorage } from './await-storage.ts';
import { buildTree } from './build-tree.ts';
import { cleanUp } from './clean-up.ts';
import { endRecording } from './end-recording.ts';
import { pause } from './pause.ts';
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

/** Recovered, but its instance died before it was started. */
const restart: Step = async ({ state }) => ({ change: { state: nextState(state, 'start') }, pauseMs: 0 });

/** Recovered with nothing left to do. */
const finish: Step = async ({ state }) => ({ change: { state: nextState(state, 'done') }, pauseMs: 0 });

/** What a pipeline needs next; undefined when it is at rest. */
export function nextStep(document: PipelineDocument): Step | undefined {
  switch (document.state) {
    case 'created':
      return document.recoveries > 0 ? restart : undefined;
    case 'starting':
      return start;
    case 'active':
    case 'paused':
      return watchRecording;
    case 'pausing':
      return pause;
    case 'stopping':
      return WHILE_STOPPING[currentStage(document.stages) ?? ''] ?? finish;
    case 'cleanup':
      return cleanUp;
    case 'stopped':
      return document.anchoring_status === 'confirmed' ? awaitFinality : undefined;
    default:
      return undefined;
  }
}
