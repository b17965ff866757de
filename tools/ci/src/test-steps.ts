import { availableParallelism } from 'node:os';

/** One Nx run of `npm test`. */
export interface TestStep {
  readonly name: string;
  readonly targets: readonly string[];
  readonly parallel: number;
  readonly deadlineMinutes: number;
}

const cores = Math.max(2, Math.min(8, availableParallelism()));

/** In this order: what fails fastest first; what starts the whole system last and alone. */
export const testSteps: readonly TestStep[] = [
  {
    name: 'lint, types, rules and bundles',
    targets: ['lint', 'typecheck', 'check', 'build'],
    parallel: cores,
    deadlineMinutes: 10,
  },
  { name: 'unit and integration tests', targets: ['test'], parallel: cores, deadlineMinutes: 20 },
  { name: 'whole-system tests', targets: ['e2e'], parallel: 1, deadlineMinutes: 20 },
];

export interface Selection {
  /** Only what a change reaches. */
  readonly affected: boolean;
  /** Compared with, e.g. `origin/main`. @default Nx's own, `defaultBase` of nx.json */
  readonly base?: string | undefined;
}

/** The Nx command line of a step. */
export function nxCommand({ targets, parallel }: TestStep, { affected, base }: Selection): string[] {
  const what = affected ? ['affected', ...(base === undefined ? [] : [`--base=${base}`])] : ['run-many'];
  return ['nx', ...what, `--targets=${targets.join(',')}`, `--parallel=${parallel}`];
}
