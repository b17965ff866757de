import { timestampOf } from '@lucid/ledger';
import { beforeEach, describe, expect, it } from 'vitest';
import { ProposalBook } from '../src/proposal-book.ts';
import {
  Bench,
  blockAfter,
  genesis,
  memoryOf,
  of,
  proof,
  proposalOf,
  SLOT_MS,
  settingsFor,
  type TestBlock,
  VIEW,
  vote,
  votesIn,
} from './support.ts';

const block = blockAfter(genesis);
const other = blockAfter(genesis, { content: 'other' });
const STRAGGLERS_MS = 2500; // half of the five seconds that a leader is waited for
/** n3 of four. */
let bench: Bench;

beforeEach(() => {
  bench = new Bench(settingsFor('n3', 4));
  bench.start(memoryOf('n3'));
});

describe('split prevotes', () => {
  const split = () => {
    bench.hearProposal(proposalOf('n0', block));
    bench.judge(block);
    bench.hearVotes(vote('n0', 'prevote', null));
    return bench.hearVotes(vote('n1', 'prevote', other.hash));
  };

  it('of more than two thirds are waited out, and then the view is given up', () => {
    expect(votesIn(split())).toEqual([]);
    expect(votesIn(bench.wakeAfter(STRAGGLERS_MS - 1))).not.toContain('precommit:nothing');
    expect(votesIn(bench.wakeAfter(1))).toEqual(['precommit:nothing']);
  });

  it('of everybody give the view up at once: no vote can come that would decide', () => {
    split();
    expect(votesIn(bench.hearVotes(vote('n2', 'prevote', other.hash)))).toEqual(['precommit:nothing']);
  });

  it.each([
    ['no longer in the last view but one', VIEW + 2, true],
    ['until the slot ends in its last view', VIEW + 3, false],
  ])('are waited for %s', (_howLong, view, isGivenUp) => {
    bench = new Bench(settingsFor('n3', 4));
    bench.start(memoryOf('n3', { view, prevote: vote('n3', 'prevote', null, { view }) }));
    bench.hearVotes(vote('n0', 'prevote', block.hash, { view }), vote('n1', 'prevote', other.hash, { view }));
    const said = [STRAGGLERS_MS, 10_000, 40_000].flatMap((ms) => votesIn(bench.wakeAfter(ms)));
    expect(said.includes('precommit:nothing')).toBe(isGivenUp);
  });

  it('are waited for no longer because the clock was set back', () => {
    split();
    bench.wakeAfter(-1000);
    expect(votesIn(bench.wakeAfter(STRAGGLERS_MS))).toEqual(['precommit:nothing']);
  });
});

describe('split precommits', () => {
  /** Everybody prevoted nothing; two precommits against one. */
  const split = () => {
    bench.wakeAfter(5000);
    bench.hearVotes(...['n0', 'n1'].map((name) => vote(name, 'prevote', null)));
    bench.hearVotes(vote('n0', 'precommit', block.hash), vote('n1', 'precommit', null));
    return bench.node.report().view;
  };

  it('of more than two thirds are waited out, and then the next view begins', () => {
    expect(split()).toBe(VIEW);
    bench.wakeAfter(STRAGGLERS_MS - 1);
    expect(bench.node.report().view).toBe(VIEW);
    bench.wakeAfter(1);
    expect(bench.node.report().view).toBe(VIEW + 1);
  });

  it('of everybody begin it at once', () => {
    split();
    bench.hearVotes(vote('n2', 'precommit', block.hash));
    expect(bench.node.report().view).toBe(VIEW + 1);
  });

  it('that a straggler decides begin it without the wait, and none that commit', () => {
    split();
    expect(of(bench.hearVotes(vote('n2', 'precommit', null)), 'commit')).toEqual([]);
    expect(bench.node.report().view).toBe(VIEW + 1);
  });

  it('are waited for no longer because the clock was set back', () => {
    split();
    bench.wakeAfter(-1000);
    bench.wakeAfter(STRAGGLERS_MS);
    expect(bench.node.report().view).toBe(VIEW + 1);
  });
});

describe('the proof of a block that others prevoted', () => {
  const voters = ['n0', 'n1', 'n2'];
  const hear = (proven: TestBlock, pol = proof('prevote', proven, voters)) =>
    bench.node.step(
      { kind: 'message', from: 'n1', message: { kind: 'proof', block: proven, pol } },
      bench.nowMs,
    );
  const dropped = () =>
    Object.fromEntries(Object.entries(bench.node.report().dropped).filter(([, count]) => count > 0));
  const inNextView = () => {
    bench = new Bench(settingsFor('n3', 4));
    bench.start(memoryOf('n3', { view: VIEW + 1 }));
  };

  it('is for a view that is over: votes of this one are still to come', () => {
    hear(block);
    expect(dropped()).toEqual({ too_far_ahead: 1 });
  });

  it('is of the block that follows the tip, whole, and of votes that are real', () => {
    inNextView();
    hear(blockAfter(block));
    hear(blockAfter({ ...genesis, hash: other.hash }));
    expect(dropped()).toEqual({ stale: 2 });
    hear({ ...block, content: 'garbled' });
    expect(dropped()).toEqual({ stale: 2, structure: 1 });
    hear(block, proof('prevote', other, voters));
    hear(block, proof('prevote', block, voters.slice(1)));
    expect(dropped()).toEqual({ stale: 2, structure: 1, signature: 2 });
  });

  it('is remembered once, so that whoever leads proposes that block again', () => {
    bench = new Bench(settingsFor('n1', 4));
    bench.start(memoryOf('n1', { view: VIEW + 1, prevote: vote('n1', 'prevote', null, { view: VIEW + 1 }) }));
    hear(block);
    hear(block);
    expect(dropped()).toEqual({});
    const effects = bench.wakeAfter(120_000);
    expect(of(effects, 'broadcast')[0]?.message).toMatchObject({ kind: 'proposal', block });
  });
});

describe('the book of proposals', () => {
  const book = () => {
    const kept = new ProposalBook<TestBlock>();
    for (const [view, proposed] of [
      [VIEW, block],
      [VIEW + 1, other],
    ] as const) {
      kept.add(proposalOf('n0', proposed, { view }));
      kept.keepBlock(proposed);
    }
    return kept;
  };

  it('forgets views that are over, and their blocks', () => {
    const kept = book();
    kept.forgetBefore(VIEW + 1, undefined);
    expect([kept.of(VIEW), kept.block(block.hash)]).toEqual([undefined, undefined]);
    expect([kept.of(VIEW + 1)?.block, kept.block(other.hash)]).toEqual([other, other]);
  });

  it('never forgets the block that is still needed', () => {
    const kept = book();
    kept.forgetBefore(VIEW + 9, block.hash);
    expect([kept.isEmpty, kept.block(block.hash), kept.block(other.hash)]).toEqual([true, block, undefined]);
  });
});

it('nobody leads a slot that is over for the chain', () => {
  const tip = blockAfter(genesis, { timestamp: timestampOf(SLOT_MS + 240_000) });
  bench = new Bench(settingsFor('n0', 4));
  expect(of(bench.start(memoryOf('n0', { height: 2 }), tip), 'build')).toEqual([]);
  expect(bench.node.report().leader).toBeUndefined();
});
