import { slotAt } from '@lucid/ledger';
import { describe, expect, it } from 'vitest';
import type { Memory } from '../src/index.ts';
import {
  Bench,
  blockAfter,
  genesis,
  memoryOf,
  of,
  proof,
  proposalOf,
  SLOT,
  SLOT_MS,
  settingsFor,
  statusOf,
  type TestBlock,
  VIEW,
  vote,
  votesIn,
} from './support.ts';

const block = blockAfter(genesis);
const MINUTE_MS = 60_000;
const certified = (view: number, over: Parameters<typeof blockAfter>[1] = {}, parent = genesis) => {
  const next = blockAfter(parent, over);
  return { block: next, certificate: proof('precommit', next, ['n0', 'n1', 'n2'], view) };
};

describe('what was said', () => {
  it('is remembered before it is said', () => {
    const bench = new Bench(settingsFor('n3', 4));
    bench.start(memoryOf('n3'));
    bench.hearProposal(proposalOf('n0', block));
    const kinds = bench.judge(block).map(({ kind }) => kind);
    expect(kinds.indexOf('persist')).toBe(0);
    expect(kinds.indexOf('broadcast')).toBe(1);
  });

  it('is said again after a crash, and nothing else in its place', () => {
    const before = new Bench(settingsFor('n3', 4));
    before.start(memoryOf('n3'));
    before.hearProposal(proposalOf('n0', block));
    const [persisted] = of(before.judge(block), 'persist');
    const memory: Memory<TestBlock> = JSON.parse(JSON.stringify(persisted?.memory));
    const after = new Bench(settingsFor('n3', 4), { nowMs: SLOT_MS + 2000 });
    expect(votesIn(after.start(memory))).toEqual([`prevote:${block.hash}`]);
    const other = blockAfter(genesis, { content: 'other' });
    expect(votesIn(after.hearProposal(proposalOf('n0', other)))).toEqual([]);
    expect(new Set(votesIn(after.wakeAfter(30_000)))).toEqual(new Set([`prevote:${block.hash}`]));
  });

  it('makes a leader that crashed propose nothing else in that view', () => {
    const first = new Bench(settingsFor('n0', 4));
    first.start(memoryOf('n0'));
    const built = first.node.step({ kind: 'block_built', height: 1, view: VIEW, block }, SLOT_MS);
    const memory = of(built, 'persist')[0]?.memory;
    const second = new Bench(settingsFor('n0', 4), { nowMs: SLOT_MS + 1000 });
    expect(of(second.start(memory ?? null), 'build')).toEqual([]);
    expect(of(second.wakeAfter(30_000), 'build')).toEqual([]);
  });

  it('is not believed when the chain ends before it: that is a lost disk, too', () => {
    const bench = new Bench(settingsFor('n3', 4));
    bench.start(memoryOf('n3', { height: 3 }));
    expect(bench.node.report()).toMatchObject({ state: 'silent', silentThroughSlot: SLOT });
  });

  it('of an earlier height binds no more, but its view is not gone back to', () => {
    const tip = blockAfter(genesis);
    const bench = new Bench(settingsFor('n3', 4), { nowMs: SLOT_MS + 10_000 });
    bench.start(memoryOf('n3', { view: VIEW + 2, locked: { view: VIEW, block_hash: 'a'.repeat(64) } }), tip);
    expect(bench.node.report()).toMatchObject({ lockedOn: null, view: VIEW + 2, state: 'open' });
  });
});

describe('a node without a memory', () => {
  /** Its start is late enough in the slot for the margin of its clock to reach into the next one. */
  const LATE_MS = SLOT_MS + 100_000;

  it('says no vote, and remembers through a crash that it must not', () => {
    const bench = new Bench(settingsFor('n3', 4), { nowMs: LATE_MS });
    const [persisted] = of(bench.start(null, certified(VIEW).block), 'persist');
    expect(persisted?.memory).toMatchObject({ silent_through_slot: SLOT + 1, prevote: null });
    expect(votesIn(bench.wakeAfter(3 * MINUTE_MS))).toEqual([]);
    const again = new Bench(settingsFor('n3', 4), { nowMs: LATE_MS + 10 * MINUTE_MS });
    again.start(persisted?.memory ?? null, certified(VIEW).block);
    expect(again.node.report()).toMatchObject({ state: 'silent', silentThroughSlot: SLOT + 1 });
  });

  it('follows, and votes above the first block that was confirmed in a later slot', () => {
    const bench = new Bench(settingsFor('n3', 4), { nowMs: SLOT_MS });
    bench.start(null);
    expect(bench.node.report().silentThroughSlot).toBe(SLOT);
    bench.nowMs += 2 * MINUTE_MS;
    const sameSlot = certified(VIEW + 3);
    bench.node.step({ kind: 'blocks_fetched', from: 'n0', blocks: [sameSlot] }, bench.nowMs);
    expect(bench.node.report()).toMatchObject({ state: 'silent', tipHeight: 1 });
    const timestamp = new Date(bench.nowMs).toISOString();
    const later = certified(VIEW + 4, { timestamp, validator: 'n1' }, sameSlot.block);
    bench.node.step({ kind: 'blocks_fetched', from: 'n0', blocks: [later] }, bench.nowMs);
    expect(bench.node.report()).toMatchObject({ state: 'waiting', tipHeight: 2, silentThroughSlot: null });
    expect(slotAt(bench.nowMs)).toBe(SLOT + 1);
  });

  it('votes at once among more than two thirds who begin like it', () => {
    const bench = new Bench(settingsFor('n3', 4));
    bench.start(null);
    const answers = { validator: 'n3', started_at_ms: SLOT_MS };
    bench.hearStatus(statusOf('n0', { novice: true, answers }));
    expect(bench.node.report().state).toBe('silent');
    bench.hearStatus(statusOf('n1', { novice: true, answers }));
    expect(bench.node.report()).toMatchObject({ state: 'open', silentThroughSlot: null });
  });

  it.each<[string, Parameters<typeof statusOf>[1]]>([
    ['an answer to an earlier run of it', { answers: { validator: 'n3', started_at_ms: SLOT_MS - 1 } }],
    ['an answer to somebody else', { answers: { validator: 'n2', started_at_ms: SLOT_MS } }],
    ['no answer', { answers: null }],
    ['one who is none', { novice: false, answers: { validator: 'n3', started_at_ms: SLOT_MS } }],
  ])('does not count %s', (_name, over) => {
    const bench = new Bench(settingsFor('n3', 4));
    bench.start(null);
    for (const name of ['n0', 'n1', 'n2']) bench.hearStatus(statusOf(name, { novice: true, ...over }));
    expect(bench.node.report().state).toBe('silent');
  });

  it('answers other novices, each for its run', () => {
    const bench = new Bench(settingsFor('n3', 4));
    bench.start(null);
    const [sent] = of(bench.hearStatus(statusOf('n0', { novice: true, started_at_ms: 77 })), 'send');
    const answers = { validator: 'n0', started_at_ms: 77 };
    expect(sent).toMatchObject({ to: 'n0', message: { status: { novice: true, answers } } });
  });

  it('counts a novice no more that has seen a block since', () => {
    const bench = new Bench(settingsFor('n3', 4));
    bench.start(null);
    const answers = { validator: 'n3', started_at_ms: SLOT_MS };
    bench.hearStatus(statusOf('n0', { novice: true, answers }));
    bench.hearStatus(statusOf('n0', { height: 1, sent_at_ms: SLOT_MS + 1 }));
    bench.hearStatus(statusOf('n1', { novice: true, answers }));
    expect(bench.node.report().state).toBe('silent');
  });

  it('does not vote though others do', () => {
    const bench = new Bench(settingsFor('n3', 4));
    bench.start(null);
    bench.hearProposal(proposalOf('n0', block));
    const votes = ['n0', 'n1', 'n2'].map((name) => vote(name, 'prevote', block.hash));
    expect(votesIn(bench.hearVotes(...votes))).toEqual([]);
    const commits = bench.hearVotes(...['n0', 'n1', 'n2'].map((name) => vote(name, 'precommit', block.hash)));
    expect(of(commits, 'commit')).toHaveLength(1); // it follows all the same
  });
});
