// The closed list of what is judged, in the order in which it is judged.

/** The first step that fails names what was tampered with, and is the exit code of every tool that verifies. */
export const PROOF_STEPS = [
  'bundle_format',
  'chunk_hashes',
  'chunk_set',
  'merkle_root',
  'manifest_hash',
  'manifest_signature',
  'anchor_transaction',
  'transaction_signature',
  'transaction_inclusion',
  'block_hash',
  'block_signature',
  'genesis',
  'block_certificate',
  'checkpoints',
] as const;
export type ProofStep = (typeof PROOF_STEPS)[number];

/** Below 10 are the codes of shells and runtimes. */
const FIRST_EXIT_CODE = 10;

/** 10 for `bundle_format` to 23 for `checkpoints`; 0 when no step failed. */
export function exitCodeOf(step: ProofStep | undefined): number {
  return step === undefined ? 0 : FIRST_EXIT_CODE + PROOF_STEPS.indexOf(step);
}

/**
 * - `passed`, `failed`: judged
 * - `skipped`: cannot be judged because an earlier step failed; `detail` names it
 * - `not_checked`: nothing was given to judge it by (no chunk bytes)
 */
export type StepStatus = 'passed' | 'failed' | 'skipped' | 'not_checked';

export interface StepReport {
  readonly step: ProofStep;
  readonly status: StepStatus;
  /** True for `passed` alone. */
  readonly ok: boolean;
  readonly detail: string;
}

export interface ProofReport {
  /** No step failed. */
  readonly ok: boolean;
  /** Every step was judged; false when `ok` says nothing about the chunk bytes. */
  readonly complete: boolean;
  readonly failed_step: ProofStep | null;
  readonly exit_code: number;
  readonly steps: readonly StepReport[];
}

/** What the judge of a step says. */
export interface Finding {
  readonly status: Exclude<StepStatus, 'skipped'>;
  readonly detail: string;
}

export function passed(detail: string): Finding {
  return { status: 'passed', detail };
}

export function failed(detail: string): Finding {
  return { status: 'failed', detail };
}
