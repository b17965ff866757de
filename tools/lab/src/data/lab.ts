import type { Progress } from '../cli/progress.ts';

/** What every command of the lab works with. */
export interface Lab {
  readonly cache: string;
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  readonly progress: Progress;
}
