import type { System } from '../../../src/model/types.ts';

/** A mistake that stands in a guide, said in the words of the model, and what the rule says to it. */
export interface Defect {
  readonly rule: string;
  /** Which guide, and where in it. */
  readonly from: string;
  readonly what: string;
  readonly system: System;
  /** Everything the rule says, to the letter. */
  readonly complaints: readonly string[];
}

export const SCALING = 'scaling guide';
export const DEPLOYMENT = 'deployment guide';
export const PLAN = 'scaling plan';
