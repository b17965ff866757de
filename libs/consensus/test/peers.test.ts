import { type Block, genesisBlock } from '@lucid/ledger';
import { Value } from 'typebox/value';
import { describe, expect, it } from 'vitest';
import { ConsensusMessage, type Message } from '../src/index.ts';
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
  type TestBlock,
  VIEW,
  vote,
  votesIn,
} from './support.ts';

const block = blockAfter(genesis);
const follower = () => {
  const bench = new Bench(settingsFor('n3', 4));
  bench.start(memoryOf('n3'));
  return bench;
};
const three = ['n0', 'n1', 'n2'];
const certified = (parent: TestBlock, signers = three) => {
  const height = parent.header.height + 1;
  const next = blockAfter(parent, { timestamp: new Date(SLOT_MS + height * 10_000).toISOString() });
  return { block: next, certificate: proof('precommit', next, signers) };
};

describe('what others say', () => {
  it('is dropped and counted when a stranger says it, or it is not signed by who it says', () => {
    const bench = follower();
    bench.hearVotes(vote('n5', 'prevote', null));
    bench.hearVotes({ ...vote('n1', 'prevote', null), validator: 'n2' });
    bench.hearProposal({ ...proposalOf('n0', block), pol: proof('prevote', block, three) });
    bench.hearProposal(proposalOf('n2', block));
    bench.hearStatus(statusOf('n6'));
    bench.hearStatus({ ...statusOf('n1'), height: 9 });
    bench.hearVotes(vote('n1', 'prevote', null, { height: 9 }), vote('n1', 'prevote', null, { height: 0 }));
    expect(bench.node.report().dropped).toEqual({
      stranger: 2,
      signature: 2,
      leader: 1,
      structure: 1,
      stale: 1,
      too_far_ahead: 1,
    });
  });

  it('counts once however often it comes', () => {
    const bench = follower();
    for (let times = 0; times < 5; times++) bench.hearVotes(vote('n1', 'precommit', null));
    bench.hearVotes(vote('n2', 'precommit', null));
    expect(bench.node.report().view).toBe(VIEW);
  });

  it('is evidence when it contradicts what the same validator said before, once', () => {
    const bench = follower();
    const [first, second] = [vote('n1', 'prevote', null), vote('n1', 'prevote', block.hash)];
    bench.hearVotes(first);
    expect(of(bench.hearVotes(second), 'evidence')).toEqual([
      { kind: 'evidence', evidence: { kind: 'vote', first, second } },
    ]);
    expect(of(bench.hearVotes(second), 'evidence')).toEqual([]);
  });

  it('is evidence when a leader proposes two blocks in one view', () => {
    const bench = follower();
    const [one, two] = [proposalOf('n0', block), proposalOf('n0', blockAfter(genesis, { content: 'two' }))];
    bench.hearProposal(one);
    expect(of(bench.hearProposal(two), 'evidence')).toEqual([
      { kind: 'evidence', evidence: { kind: 'proposal', first: one.proposal, second: two.proposal } },
    ]);
  });

  it('does not make a leader guilty of what a forwarder garbled', () => {
    const bench = follower();
    const { proposal } = proposalOf('n0', block);
    const garbled = { ...block, content: 'garbled' };
    bench.hearProposal({ kind: 'proposal', proposal, block: garbled, pol: null });
    expect(bench.node.report().dropped.structure).toBe(1);
    expect(of(bench.hearProposal(proposalOf('n0', block)), 'judge')).toHaveLength(1);
  });

  it('of the next height is kept until this one is decided', () => {
    const bench = follower();
    const first = certified(genesis);
    const second = certified(first.block).block;
    bench.hearProposal(proposalOf('n0', second));
    const effects = bench.node.step({ kind: 'blocks_fetched', from: 'n0', blocks: [first] }, bench.nowMs);
    expect(of(effects, 'judge')).toEqual([{ kind: 'judge', block: second, parent: first.block }]);
  });
});

describe('a node that is behind', () => {
  const behind = () => {
    const bench = follower();
    return { bench, asked: of(bench.hearStatus(statusOf('n1', { height: 2 })), 'fetch') };
  };

  it('asks who is higher, and takes blocks because of their certificates', () => {
    const { bench, asked } = behind();
    expect(asked).toEqual([{ kind: 'fetch', from: 'n1', fromHeight: 1 }]);
    const first = certified(genesis);
    const blocks = [first, certified(first.block)];
    const effects = bench.node.step({ kind: 'blocks_fetched', from: 'n1', blocks }, bench.nowMs);
    expect(of(effects, 'commit').map(({ block: { header } }) => header.height)).toEqual([1, 2]);
    expect(bench.node.report().tipHeight).toBe(2);
  });

  it.each<[string, () => ReturnType<typeof certified>]>([
    ['of too few', () => certified(genesis, ['n0', 'n1'])],
    ['of prevotes', () => ({ block, certificate: proof('prevote', block, three) })],
    ['of another block', () => ({ ...certified(genesis), block })],
  ])('takes no block with a certificate %s, and asks the next peer', (_name, make) => {
    const { bench } = behind();
    bench.hearStatus(statusOf('n2', { height: 2 }));
    const effects = bench.node.step({ kind: 'blocks_fetched', from: 'n1', blocks: [make()] }, bench.nowMs);
    expect(of(effects, 'commit')).toEqual([]);
    expect(of(effects, 'fetch')).toEqual([{ kind: 'fetch', from: 'n2', fromHeight: 1 }]);
  });

  it('takes no block whose content is another one', () => {
    const { bench } = behind();
    const { block: right, certificate } = certified(genesis);
    const blocks = [{ block: { ...right, content: 'other' }, certificate }];
    expect(
      of(bench.node.step({ kind: 'blocks_fetched', from: 'n1', blocks }, bench.nowMs), 'commit'),
    ).toEqual([]);
  });

  it('asks the next peer when the first says nothing for five seconds', () => {
    const { bench } = behind();
    bench.hearStatus(statusOf('n2', { height: 2 }));
    expect(of(bench.wakeAfter(4999), 'fetch')).toEqual([]);
    expect(of(bench.wakeAfter(1), 'fetch')).toEqual([{ kind: 'fetch', from: 'n2', fromHeight: 1 }]);
  });

  it('is told so by those who are ahead', () => {
    const bench = new Bench(settingsFor('n3', 4));
    bench.start(memoryOf('n3', { height: 2 }), block);
    const [sent] = of(bench.hearStatus(statusOf('n1', { height: 0 })), 'send');
    expect(sent).toMatchObject({ to: 'n1', message: { kind: 'status', status: { height: 1 } } });
  });
});

describe('what a node said', () => {
  it('is said again after 1, 2, 4 and then every 8 seconds, while nothing happens', () => {
    const bench = follower();
    bench.hearProposal(proposalOf('n0', block));
    bench.judge(block);
    const times: number[] = [];
    for (let second = 1; second <= 30; second++)
      if (votesIn(bench.wakeAfter(1000)).includes(`prevote:${block.hash}`)) times.push(second);
    expect(times).toEqual([1, 2, 4, 8, 16, 24]);
  });

  it('is sent to a peer that lacks the proposal of this view', () => {
    const bench = new Bench(settingsFor('n0', 4));
    bench.start(memoryOf('n0'));
    bench.node.step({ kind: 'block_built', height: 1, view: VIEW, block }, SLOT_MS);
    expect(of(bench.hearStatus(statusOf('n1')), 'send')[0]).toMatchObject({
      message: { kind: 'proposal', block },
    });
    const has = statusOf('n1', { proposal: block.hash, sent_at_ms: SLOT_MS + 1 });
    expect(of(bench.hearStatus(has), 'send')).toEqual([]);
  });
});

describe('an observer', () => {
  it.each([undefined, 'n5'])('follows what others confirm and says nothing (%s)', (self) => {
    const bench = new Bench(settingsFor(self, 4));
    expect(of(bench.start(null), 'persist')).toEqual([]);
    const [asked] = of(bench.node.step({ kind: 'peer_status', peer: 'gate', height: 1 }, SLOT_MS), 'fetch');
    expect(asked).toEqual({ kind: 'fetch', from: 'gate', fromHeight: 1 });
    const blocks = [certified(genesis)];
    const effects = bench.node.step({ kind: 'blocks_fetched', from: 'gate', blocks }, SLOT_MS);
    expect(of(effects, 'commit')).toHaveLength(1);
    expect(bench.node.report()).toMatchObject({ state: 'observing', tipHeight: 1 });
    expect(of(bench.wakeAfter(300_000), 'broadcast')).toEqual([]);
  });
});

describe('the form on the wire', () => {
  it('fits what nodes say, and nothing else', () => {
    const real: Block = genesisBlock({
      version: '1',
      created_at: '2026-01-01T00:00:00.000Z',
      validators: [{ validator: 'n0', public_key: 'a'.repeat(64) }],
    });
    const { proposal } = proposalOf('n0', block);
    const messages: Message<Block>[] = [
      { kind: 'vote', vote: vote('n1', 'prevote', null) },
      { kind: 'status', status: statusOf('n1', { answers: { validator: 'n0', started_at_ms: 1 } }) },
      { kind: 'proposal', proposal, block: real, pol: null },
      { kind: 'proof', block: real, pol: proof('prevote', block, three) },
    ];
    for (const message of messages) {
      const heard: unknown = JSON.parse(JSON.stringify(message));
      expect(Value.Check(ConsensusMessage, heard)).toBe(true);
      expect(Value.Check(ConsensusMessage, { ...message, more: 1 })).toBe(false);
    }
  });
});
