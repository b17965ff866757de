import type { Rule } from '../context.ts';
import { commitWhatIsDecided } from './commit.ts';
import { enterNextView } from './enter-view.ts';
import { lockAndPrecommit, precommitNothing } from './precommit.ts';
import { prevoteOnce } from './prevote.ts';
import { proposeAsLeader } from './propose.ts';

/** In this order, again and again until none has anything to do. */
export const RULES: readonly Rule[] = [
  commitWhatIsDecided,
  enterNextView,
  proposeAsLeader,
  prevoteOnce,
  lockAndPrecommit,
  precommitNothing,
];
