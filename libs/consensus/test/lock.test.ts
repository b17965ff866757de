import { timestampOf, type Vote } from '@lucid/ledger';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lockAllows } from '../src/lock-rules.ts';
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
  statusOf,
  VIEW,
  vote,
  votesIn,
} from './support.ts';

const block = blockAfter(genesis);
const NEXT_SLOT_MS = SLOT_MS + 120_000;
const NEXT = VIEW + 4;
const other = blockAfter(genesis, { timestamp: timestampOf(NEXT_SLOT_MS), validator: 'n1' });
/** n3 precommitted `block` in the slot before and comes back in the next one, which n1 leads. */
const locked = () => {
  const bench = new Bench(settingsFor('n3', 4), { nowMs: NEXT_SLOT_MS });
  const pol = proof('prevote', block, ['n0', 'n1', 'n3']);
  bench.start(memoryOf('n3', { locked: { view: VIEW, block_hash: block.hash }, valid: { block, pol } }));
  return bench;
};

describe('a node that is locked on a block', () => {
  it('prevotes nothing when another one is proposed', () => {
    expect(votesIn(locked().hearProposal(proposalOf('n1', other, { view: NEXT })))).toEqual([
      'prevote:nothing',
    ]);
  });

  it('prevotes its own block again', () => {
    const bench = locked();
    const pol = proof('prevote', block, ['n0', 'n1', 'n3']);
    bench.hearProposal(proposalOf('n1', block, { view: NEXT, pol }));
    expect(votesIn(bench.judge(block))).toEqual([`prevote:${block.hash}`]);
  });

  it('gives way to a block that more than two thirds prevoted in a later view', () => {
    const bench = locked();
    const view = NEXT + 1;
    for (const name of ['n0', 'n1', 'n2']) bench.hearVotes(vote(name, 'precommit', null, { view: NEXT }));
    const pol = proof('prevote', other, ['n0', 'n1', 'n2'], NEXT);
    bench.hearProposal(proposalOf('n2', other, { view, pol }));
    expect(votesIn(bench.judge(other))).toEqual([`prevote:${other.hash}`]);
  });

  it('does not give way to one that was prevoted before the view of its lock', () => {
    const bench = new Bench(settingsFor('n3', 4), { nowMs: NEXT_SLOT_MS });
    const pol = proof('prevote', block, ['n0', 'n1', 'n3'], VIEW + 2);
    bench.start(
      memoryOf('n3', { locked: { view: VIEW + 2, block_hash: block.hash }, valid: { block, pol } }),
    );
    const early = blockAfter(genesis, { content: 'early' });
    const before = proof('prevote', early, ['n0', 'n1', 'n2'], VIEW + 1);
    expect(votesIn(bench.hearProposal(proposalOf('n1', early, { view: NEXT, pol: before })))).toEqual([
      'prevote:nothing',
    ]);
  });

  it.each<[string, string[], number]>([
    ['of too few', ['n0', 'n1'], NEXT],
    ['of one who signs twice', ['n0', 'n1', 'n1'], NEXT],
    ['of the view that it is proposed in', ['n0', 'n1', 'n2'], NEXT + 1],
  ])('does not listen to a proof %s', (_name, signers, polView) => {
    const bench = locked();
    for (const name of ['n0', 'n1', 'n2']) bench.hearVotes(vote(name, 'precommit', null, { view: NEXT }));
    const pol = proof('prevote', other, signers, polView);
    const effects = bench.hearProposal(proposalOf('n2', other, { view: NEXT + 1, pol }));
    expect(votesIn(effects)).toEqual([]);
    expect(of(effects, 'judge')).toEqual([]);
    expect(bench.node.report().dropped.structure).toBe(1);
  });

  it('locks on the later block when more than two thirds prevote it all the same', () => {
    const bench = locked();
    bench.hearProposal(proposalOf('n1', other, { view: NEXT }));
    const votes = ['n0', 'n1', 'n2'].map((name): Vote => vote(name, 'prevote', other.hash, { view: NEXT }));
    const asked = bench.hearVotes(...votes);
    expect(of(asked, 'judge')).toHaveLength(1);
    expect(votesIn(bench.judge(other))).toEqual([`precommit:${other.hash}`]);
    expect(bench.node.report().lockedOn).toBe(other.hash);
  });

  it('shows its proof to a peer that has not seen it, and takes one that it has not seen', () => {
    const [sent] = of(locked().hearStatus(statusAt('n2')), 'send');
    expect(sent).toMatchObject({ to: 'n2', message: { kind: 'proof', block } });
    const free = new Bench(settingsFor('n1', 4), { nowMs: NEXT_SLOT_MS });
    free.start(memoryOf('n1'));
    if (!sent) throw new Error('nothing was sent');
    const said = free.node.step({ kind: 'message', from: 'n3', message: sent.message }, free.nowMs);
    const [proposed] = of(said, 'broadcast');
    expect(proposed?.message).toMatchObject({ kind: 'proposal', block, proposal: { pol_view: VIEW } });
  });
});

describe('the lock', () => {
  it('never lets a block pass that is neither its own nor proven since', () => {
    const views = fc.integer({ min: 0, max: 20 });
    const hashes = fc.constantFrom('a', 'b');
    fc.assert(
      fc.property(views, hashes, hashes, fc.option(views, { nil: null }), (view, mine, theirs, pol_view) => {
        const proposal = {
          height: 1,
          view: 21,
          block_hash: theirs,
          pol_view,
          validator: 'n0',
          signature: '',
        };
        const allowed = lockAllows({ view, block_hash: mine }, proposal, {});
        expect(allowed).toBe(mine === theirs || (pol_view !== null && pol_view >= view));
        expect(lockAllows(null, proposal, {})).toBe(true);
      }),
    );
  });
});

function statusAt(validator: string) {
  return statusOf(validator, { view: NEXT });
}
