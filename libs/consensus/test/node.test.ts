import { timestampOf, viewOf } from '@lucid/ledger';
import { describe, expect, it } from 'vitest';
import { ConsensusNode } from '../src/index.ts';
import {
  Bench,
  BLOCK_TIME_MS,
  blockAfter,
  genesis,
  memoryOf,
  of,
  proof,
  proposalOf,
  SLOT,
  SLOT_MS,
  settingsFor,
  VIEW,
  vote,
  votesIn,
} from './support.ts';

const block = blockAfter(genesis);
const GRACE_MS = 5000;
/** n3 of four, which knows that it has not voted. */
const follower = (over = {}) => {
  const bench = new Bench(settingsFor('n3', 4, over));
  bench.start(memoryOf('n3'));
  return bench;
};

describe('a leader', () => {
  it('has its host build a block, and proposes and prevotes it once it remembers that', () => {
    const bench = new Bench(settingsFor('n0', 4));
    const [ask] = of(bench.start(memoryOf('n0')), 'build');
    expect(ask).toMatchObject({
      parent: genesis,
      view: VIEW,
      slot: SLOT,
      fallbackIndex: 0,
      timestampMs: SLOT_MS,
    });
    const effects = bench.node.step({ kind: 'block_built', height: 1, view: VIEW, block }, SLOT_MS);
    expect(effects.map(({ kind }) => kind)).toEqual(['persist', 'broadcast', 'broadcast', 'wake']);
    expect(of(effects, 'persist')[0]?.memory).toMatchObject({
      height: 1,
      view: VIEW,
      proposal: { block_hash: block.hash },
      prevote: { block_hash: block.hash },
    });
    expect(votesIn(effects)).toEqual([`prevote:${block.hash}`]);
  });

  it('proposes one block per tick', () => {
    const tip = blockAfter(genesis);
    const bench = new Bench(settingsFor('n0', 4));
    expect(of(bench.start(memoryOf('n0', { height: 2 }), tip), 'build')).toEqual([]);
    expect(of(bench.wakeAfter(BLOCK_TIME_MS - 1), 'build')).toEqual([]);
    expect(of(bench.wakeAfter(1), 'build')).toHaveLength(1);
  });

  it('asks a host that had nothing again a second later, or when there is work', () => {
    const bench = new Bench(settingsFor('n0', 4));
    bench.start(memoryOf('n0'));
    const nothing = { kind: 'block_built', height: 1, view: VIEW, block: null } as const;
    expect(of(bench.node.step(nothing, bench.nowMs), 'build')).toEqual([]);
    expect(of(bench.wakeAfter(999), 'build')).toEqual([]);
    expect(of(bench.wakeAfter(1), 'build')).toHaveLength(1);
    bench.node.step(nothing, bench.nowMs);
    expect(of(bench.node.step({ kind: 'work', pending: true }, bench.nowMs), 'build')).toHaveLength(1);
  });

  it('proposes again what was prevoted before, with the proof', () => {
    const pol = proof('prevote', block, ['n1', 'n2', 'n3']);
    const bench = new Bench(settingsFor('n1', 4), { nowMs: SLOT_MS + 120_000 });
    const effects = bench.start(memoryOf('n1', { valid: { block, pol } }));
    const [said] = of(effects, 'broadcast');
    expect(said?.message).toMatchObject({ kind: 'proposal', block, pol, proposal: { pol_view: VIEW } });
    expect(of(effects, 'build')).toEqual([]);
  });
});

describe('a single validator', () => {
  it('confirms at once, with its own certificate, and begins without being asked who it is', () => {
    const bench = new Bench(settingsFor('n0', 1));
    expect(of(bench.start(), 'build')).toHaveLength(1);
    const effects = bench.node.step({ kind: 'block_built', height: 1, view: VIEW, block }, SLOT_MS);
    expect(effects[0]).toMatchObject({
      kind: 'commit',
      block,
      certificate: proof('precommit', block, ['n0']),
    });
    expect(of(effects, 'persist')).toEqual([]); // the block is its memory
  });

  it('waits for a slow host as long as it takes', () => {
    const bench = new Bench(settingsFor('n0', 1));
    bench.start();
    expect(votesIn(bench.wakeAfter(60_000))).toEqual([]);
    const effects = bench.node.step({ kind: 'block_built', height: 1, view: VIEW, block }, bench.nowMs);
    expect(of(effects, 'commit')).toHaveLength(1);
  });
});

describe('a follower', () => {
  it('has a proposal judged, and prevotes, locks, precommits and confirms it with the others', () => {
    const bench = follower();
    expect(of(bench.hearProposal(proposalOf('n0', block)), 'judge')).toEqual([
      { kind: 'judge', block, parent: genesis },
    ]);
    expect(votesIn(bench.judge(block))).toEqual([`prevote:${block.hash}`]);
    bench.hearVotes(vote('n0', 'prevote', block.hash));
    const locking = bench.hearVotes(vote('n1', 'prevote', block.hash));
    expect(votesIn(locking)).toEqual([`precommit:${block.hash}`]);
    expect(of(locking, 'persist')[0]?.memory).toMatchObject({
      locked: { view: VIEW, block_hash: block.hash },
      valid: { block, pol: { view: VIEW } },
    });
    bench.hearVotes(vote('n0', 'precommit', block.hash));
    const [commit] = of(bench.hearVotes(vote('n2', 'precommit', block.hash)), 'commit');
    expect(commit).toEqual({
      kind: 'commit',
      block,
      certificate: proof('precommit', block, ['n0', 'n2', 'n3']),
    });
    expect(bench.node.report()).toMatchObject({
      tipHeight: 1,
      tipHash: block.hash,
      state: 'waiting',
      lockedOn: null,
    });
  });

  it('prevotes nothing when its host finds the content wrong', () => {
    const bench = follower();
    bench.hearProposal(proposalOf('n0', block));
    expect(votesIn(bench.judge(block, false))).toEqual(['prevote:nothing']);
  });

  it('prevotes nothing when the leader lets one grace pass, and goes to the fallback with the others', () => {
    const bench = follower();
    expect(votesIn(bench.wakeAfter(GRACE_MS - 1))).toEqual([]);
    expect(votesIn(bench.wakeAfter(1))).toEqual(['prevote:nothing']);
    bench.hearVotes(vote('n1', 'prevote', null));
    expect(votesIn(bench.hearVotes(vote('n2', 'prevote', null)))).toEqual(['precommit:nothing']);
    bench.hearVotes(vote('n1', 'precommit', null), vote('n2', 'precommit', null));
    expect(bench.node.report()).toMatchObject({ view: VIEW + 1, leader: 'n1', state: 'open' });
  });

  it('waits for the last fallback as long as its slot lasts, and for its own host to judge the block', () => {
    const bench = new Bench(settingsFor('n2', 4));
    bench.start(memoryOf('n2'));
    for (const view of [VIEW, VIEW + 1, VIEW + 2]) {
      bench.wakeAfter(GRACE_MS);
      for (const phase of ['prevote', 'precommit'] as const)
        for (const name of ['n0', 'n1']) bench.hearVotes(vote(name, phase, null, { view }));
    }
    expect(bench.node.report()).toMatchObject({ view: VIEW + 3, leader: 'n3', state: 'open' });
    bench.wakeAfter(40_000);
    const late = blockAfter(genesis, {
      fallback_index: 3,
      validator: 'n3',
      timestamp: timestampOf(bench.nowMs),
    });
    expect(of(bench.hearProposal(proposalOf('n3', late, { view: VIEW + 3 })), 'judge')).toHaveLength(1);
    bench.wakeAfter(40_000);
    expect(bench.node.report().state).toBe('open');
    expect(votesIn(bench.judge(late))).toEqual([`prevote:${late.hash}`]);
  });

  it('leaves the rest of the slot empty after the last fallback, until the next one begins by its clock', () => {
    const bench = follower();
    for (let fallback = 0; fallback < 4; fallback++) {
      bench.wakeAfter(GRACE_MS);
      for (const phase of ['prevote', 'precommit'] as const)
        for (const name of ['n1', 'n2']) bench.hearVotes(vote(name, phase, null, { view: VIEW + fallback }));
    }
    expect(bench.node.report().view).toBe(VIEW + 3);
    bench.wakeAfter(120_000 - 4 * GRACE_MS - 1);
    expect(bench.node.report().view).toBe(VIEW + 3);
    bench.wakeAfter(1);
    expect(bench.node.report().view).toBe(viewOf(SLOT + 1, 0));
  });

  it('keeps to the fallback that made the last block, for the rest of the slot', () => {
    const bench = follower();
    const view = VIEW + 1;
    const second = blockAfter(genesis, { fallback_index: 1, validator: 'n1' });
    const certificate = proof('precommit', second, ['n0', 'n1', 'n2'], view);
    bench.node.step(
      { kind: 'blocks_fetched', from: 'n1', blocks: [{ block: second, certificate }] },
      bench.nowMs,
    );
    expect(bench.node.report()).toMatchObject({ tipHeight: 1, view, leader: 'n1' });
  });

  it('goes where more than a third already are, in its own slot', () => {
    const bench = follower();
    bench.hearVotes(vote('n1', 'prevote', null, { view: VIEW + 2 }));
    expect(bench.node.report().view).toBe(VIEW); // one may be lying
    bench.hearVotes(vote('n2', 'prevote', null, { view: VIEW + 1 }));
    expect(bench.node.report().view).toBe(VIEW + 1);
  });

  it.each([
    ['of a time before its slot', { timestamp: new Date(SLOT_MS - 1).toISOString(), slot: SLOT }],
    ['of a time after its slot', { timestamp: new Date(SLOT_MS + 120_000).toISOString(), slot: SLOT }],
    ['not after its parent', { timestamp: genesis.header.timestamp, slot: SLOT }],
    ['more than 30 s ahead', { timestamp: new Date(SLOT_MS + 30_001).toISOString() }],
    ['of another view', { fallback_index: 1, validator: 'n1' }],
    ['in the name of another validator', { validator: 'n2' }],
    ['after another parent', { previous_hash: 'a'.repeat(64) }],
  ])('prevotes nothing for a block %s', (_name, header) => {
    const bench = follower();
    const effects = bench.hearProposal(proposalOf('n0', blockAfter(genesis, header)));
    expect(votesIn(effects)).toEqual(['prevote:nothing']);
    expect(of(effects, 'judge')).toEqual([]);
  });

  it('takes a block that is 30 s ahead', () => {
    const bench = follower();
    const ahead = blockAfter(genesis, { timestamp: new Date(SLOT_MS + 30_000).toISOString() });
    expect(of(bench.hearProposal(proposalOf('n0', ahead)), 'judge')).toHaveLength(1);
  });

  it('waits for nobody while there is nothing to put in a block, where empty ones are not made', () => {
    const bench = follower({ makesEmptyBlocks: false });
    expect(votesIn(bench.wakeAfter(60_000))).toEqual([]);
    bench.node.step({ kind: 'work', pending: true }, bench.nowMs);
    expect(votesIn(bench.wakeAfter(GRACE_MS))).toEqual(['prevote:nothing']);
  });

  it('goes on when its clock is set back', () => {
    const bench = follower();
    bench.wakeAfter(3000);
    bench.wakeAfter(-60_000);
    const effects = bench.hearProposal(
      proposalOf('n0', blockAfter(genesis, { timestamp: new Date(SLOT_MS).toISOString() })),
    );
    expect(votesIn(effects)).toEqual(['prevote:nothing']); // a minute ahead of this clock
    expect(bench.node.report().view).toBe(VIEW);
    expect(of(bench.wakeAfter(8000), 'broadcast').length).toBeGreaterThan(0);
  });
});

describe('the same inputs', () => {
  it('give the same effects', () => {
    const run = () => {
      const bench = follower();
      return [
        bench.hearProposal(proposalOf('n0', block)),
        bench.judge(block),
        bench.hearVotes(vote('n0', 'prevote', block.hash), vote('n1', 'prevote', block.hash)),
        bench.wakeAfter(1000),
      ];
    };
    expect(run()).toEqual(run());
  });

  it('begin with a start, and with one alone', () => {
    const node = new ConsensusNode(settingsFor('n0', 1));
    expect(() => node.step({ kind: 'wake' }, SLOT_MS)).toThrow('start');
    expect(() => node.report()).toThrow('start');
    node.step({ kind: 'start', memory: null, tip: genesis }, SLOT_MS);
    expect(() => node.step({ kind: 'start', memory: null, tip: genesis }, SLOT_MS)).toThrow('once');
  });
});
