// How a validator may misbehave. A liar has some of these at once.
export const HABITS = [
  /** Says the opposite of each vote to some. */
  'votes_twice',
  /** As a leader, two blocks, each to some. */
  'proposes_twice',
  /** Votes for every block it hears of, in both phases, at once. */
  'agrees_with_all',
  /** Never proposes. */
  'silent_leader',
  /** Gives its votes only to some. */
  'withholds_votes',
  /** Votes in the names of others. */
  'forges_votes',
  /** Answers who asks for blocks with blocks that nobody confirmed. */
  'forges_blocks',
  /** Proposes blocks of times that are not now. */
  'lies_about_time',
  /** Proposes when it is not its turn. */
  'usurps',
  /** Proposes another block as if it had been prevoted before. */
  'pretends_proof',
  /** Says old things again. */
  'repeats_old',
] as const;
export type Habit = (typeof HABITS)[number];
