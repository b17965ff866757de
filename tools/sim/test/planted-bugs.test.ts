import { describe, expect, it } from 'vitest';
import { runSeeds } from '../src/consensus/run-seeds.ts';
import type { SimFlaws } from '../src/consensus/world.ts';

/** Each bug is found within this many seeds, from the first on, by one of these rules. */
const PLANTED: readonly [flaw: keyof SimFlaws, seeds: number, rules: readonly string[]][] = [
  ['countsVotesTwice', 10, ['certificates hold']],
  ['takesHalfForQuorum', 10, ['certificates hold', 'one block per height']],
  ['overlooksEquivocation', 10, ['seen equivocation']],
  ['believesForgedVotes', 20, ['certificates hold', 'just evidence']],
  ['ignoresTimestamps', 150, ['honest time']],
  ['followsAnyone', 30, ['just evidence', 'elected leader']],
  ['forgetsLock', 40, ['kept locks', 'one block per height']],
  ['needsNoProof', 300, ['kept locks', 'one block per height']],
  ['votesBeforeRemembering', 20, ['no contradiction', 'kept locks']],
  ['remembersNoBlock', 100, ['growth after a heal']],
  ['amnesiacVotes', 30, ['no contradiction']],
  ['believesUncertifiedBlocks', 40, ['certificates hold', 'one block per height']],
  ['neverRepeats', 10, ['growth after a heal']],
  ['losesMempool', 20, ['growth after a heal']],
];

describe('a planted bug', () => {
  it.each(PLANTED)(
    '%s is found within %i seeds',
    (flaw, seeds, rules) => {
      const { failures } = runSeeds({
        from: 1,
        seeds,
        flaws: { [flaw]: true },
        onSeed: ({ violation }) => !!violation,
      });
      expect(rules).toContain(failures[0]?.violation?.rule);
    },
    120_000,
  );
});
