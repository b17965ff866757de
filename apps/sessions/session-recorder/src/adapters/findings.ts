import type { ArrivedChunk } from '../domain/chunk-order.ts';
import type { FoundFile, RecoveryPlan } from '../domain/recovery-plan.ts';

/** What was found when a recording was picked up: on disk, and in the queue. */
export interface Findings extends Pick<RecoveryPlan, 'register' | 'keep' | 'tail'> {
  /** Of a recording whose chunks the client has cut. */
  gaps?: {
    /** Registered chunks behind a gap. */
    beyond: readonly ArrivedChunk[];
    /** Whole files that the queue does not know. */
    unregistered: readonly FoundFile[];
  };
}

/** Nothing: the recording begins. */
export const NO_FINDINGS: Findings = {
  register: [],
  keep: [],
  tail: { sequence: 1, offset: 0, sizeBytes: 0 },
};
