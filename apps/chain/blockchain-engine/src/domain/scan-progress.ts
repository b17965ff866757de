/** How far the scan of all kept blocks is. Kept after every step, so that a restart goes on and does not begin again. */
export interface ScanProgress {
  next_height: number;
  /** The tip when the round began. */
  up_to_height: number;
  rounds_completed: number;
  /** Since the chain began, over all rounds. */
  blocks_checked: number;
  transactions_checked: number;
  last_round_completed_at?: string;
}

export const NO_PROGRESS: ScanProgress = {
  next_height: 0,
  up_to_height: 0,
  rounds_completed: 0,
  blocks_checked: 0,
  transactions_checked: 0,
};

/** What the next step looks at; undefined when the round is over. Both ends included. */
export function nextStep(
  { next_height, up_to_height }: ScanProgress,
  most: number,
): { from: number; to: number } | undefined {
  if (next_height > up_to_height) return undefined;
  return { from: next_height, to: Math.min(up_to_height, next_height + most - 1) };
}

/** After a step that ended at `to`, or at the fault there. */
export function advanced(
  progress: ScanProgress,
  checked: { blocks: number; transactions: number },
  to: number,
): ScanProgress {
  return {
    ...progress,
    next_height: to + 1,
    blocks_checked: progress.blocks_checked + checked.blocks,
    transactions_checked: progress.transactions_checked + checked.transactions,
  };
}

/** From the genesis block again, up to the tip of now. */
export function nextRound(progress: ScanProgress, tip: number, at: string): ScanProgress {
  return {
    ...progress,
    next_height: 0,
    up_to_height: tip,
    rounds_completed: progress.rounds_completed + 1,
    last_round_completed_at: at,
  };
}
