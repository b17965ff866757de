import type { Workspace } from './workspace.ts';

/** Something that breaks a rule. `line` counts from 1. */
export interface Finding {
  readonly file: string;
  readonly line: number;
  readonly reason: string;
}

/** A rule of the tree. `run` returns every finding, not just the first; none means the rule holds. */
export interface Check {
  readonly name: string;
  /** One line for `--list`. */
  readonly rule: string;
  run(workspace: Workspace): readonly Finding[] | Promise<readonly Finding[]>;
}
