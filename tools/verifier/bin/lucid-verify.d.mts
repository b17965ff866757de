export interface Judgement {
  ok: boolean;
  complete: boolean;
  failed_step: string | null;
  exit_code: number;
  steps: { step: string; status: 'passed' | 'failed' | 'skipped' | 'not_checked'; detail: string }[];
}
export const STEPS: readonly string[];
export function judge(
  candidate: Uint8Array,
  options?: {
    genesisHash?: string;
    manifestKeys?: readonly string[];
    files?: readonly (readonly [number, string])[];
  },
): Judgement;
