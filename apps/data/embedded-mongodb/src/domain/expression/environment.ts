import type { Doc } from '../bson/types.ts';

/** What one command gives to its expressions. */
export interface Environment {
  /** The value of `$$NOW`: the same for the whole command, milliseconds since the epoch. */
  nowMs: number;
  /** A number in [0, 1), another one at each call: `$rand` and `$sample`. */
  fraction: () => number;
  /** Values of `let`, by name without `$$`. */
  variables: Doc;
}

/** The evaluation of one document. */
export interface Scope {
  root: unknown;
  variables: Doc;
}

export type Compiled = (scope: Scope) => unknown;

/** Known while compiling: which variables may be named. */
export interface Names {
  environment: Environment;
  known: ReadonlySet<string>;
}

/** Compiles a sub-expression; handed to operators that bind variables or do not evaluate all their arguments. */
export type Compile = (expression: unknown, names: Names) => Compiled;
