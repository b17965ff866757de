/**
 * A renderer writes the composed system in one target's own language. It is pure: the same model gives the same
 * bytes, whatever the machine. What the target cannot say is told as a loss, never dropped in silence.
 */
import type { System } from '../model/types.ts';
import type { CanonicalGraph } from './canonical.ts';

export const TARGETS = ['compose', 'swarm', 'kubernetes'] as const;
export type TargetName = (typeof TARGETS)[number];

/** Something of the model a target cannot express, and what stands in its place. */
export interface Loss {
  readonly service: string;
  /** Field of `CanonicalService` that differs because of it: `update`, `volumes`; `edges` for the graph's own. */
  readonly field: string;
  readonly why: string;
  /** What the target does instead, in one sentence; `nothing` when the wish is simply not met. */
  readonly substitute: string;
}

export interface Rendering {
  /** Relative path to text. Planned parts are in files of their own: what is applied by hand must be able to run. */
  readonly files: ReadonlyMap<string, string>;
  readonly losses: readonly Loss[];
}

export interface Target {
  readonly name: TargetName;
  render(system: System, options: { readonly profile: string }): Rendering;
  /** Reads its own files back into what they mean. Throws on anything it does not understand. */
  parse(files: ReadonlyMap<string, string>): CanonicalGraph;
}
