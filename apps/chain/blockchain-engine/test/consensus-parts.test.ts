import type { Block, Certificate, Transaction } from '@lucid/ledger';
import { GenesisValidator, SLOT_DURATION_MS, signHash, slotAt, slotStartMs } from '@lucid/ledger';
import { silentLogger } from '@lucid/logging';
import { FakeClock } from '@lucid/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Beacons, type BeaconsHost } from '../src/adapters/consensus/beacons.ts';
import { Gossip } from '../src/adapters/consensus/gossip.ts';
import { Outbox, toWire } from '../src/adapters/consensus/outbox.ts';
import type { Peers } from '../src/adapters/consensus/peers.ts';
import { SignatureMemo } from '../src/adapters/consensus/signature-memo.ts';
import { outsideVote } from '../src/domain/outside-vote.ts';
import { jsonList } from '../src/json-variable.ts';
import { clientKey, NODE_ID, transactionMaker, validatorKey } from './support.ts';

describe('what waits for a peer', () => {
  test('goes out in the order in which it came, whole, in calls of a bounded size', () => {
    const lists = fc.array(fc.record({ n: fc.nat(), filler: fc.nat({ max: 3000 }) }), { maxLength: 600 });
    fc.assert(
      fc.property(lists, (sizes) => {
        const messages = sizes.map(({ n, filler }) => ({ n, text: 'x'.repeat(filler * 10) }));
        const outbox = new Outbox();
        for (const message of messages) outbox.add(toWire(message));
        const out: unknown[] = [];
        for (let call = outbox.take(); call !== undefined; call = outbox.take()) {
          const some = JSON.parse(`[${call}]`) as unknown[];
          if (some.length > 1) expect(Buffer.byteLength(call)).toBeLessThan(2.1 * 1024 * 1024);
          out.push(...some);
        }
        expect(out.length).toBe(messages.length);
        expect(JSON.stringify(out) === JSON.stringify(messages)).toBe(true);
      }),
      { numRuns: 20 },
    );
  });

  test('loses its oldest beyond the limit, never its newest', () => {
    const outbox = new Outbox(100);
    for (let n = 0; n < 50; n++) outbox.add(toWire({ n, filler: 'x'.repeat(10) }));
    const left = JSON.parse(`[${outbox.take()}]`) as { n: number }[];
    expect(left.at(-1)?.n).toBe(49);
    expect(left.length).toBeLessThan(5);
    outbox.add(toWire({ n: 50, filler: 'x'.repeat(1000) }));
    expect(outbox.take()).toContain('"n":50');
  });
});

describe('proofs of its own', () => {
  const slot = slotAt(Date.UTC(2026, 0, 5));
  const certificateOf = (validator: string): Certificate => ({
    view: 1,
    votes: [{ validator, signature: '' }],
  });
  const maker = transactionMaker('beacons');
  const blockOf = (...transactions: Transaction[]) => ({ transactions }) as unknown as Block;

  function desk(isSeated = true) {
    const clock = new FakeClock(slotStartMs(slot));
    const beacons = new Beacons({ clock, logger: silentLogger(), key: validatorKey, validator: NODE_ID });
    const handedIn: Transaction[] = [];
    const host: BeaconsHost = {
      isSeated: () => isSeated,
      submissions: {
        submit: async (transaction) => {
          handedIn.push(transaction);
          return {} as never;
        },
      },
    };
    return { clock, beacons, handedIn, host };
  }

  test('say how long it was up and how many sessions it voted for, slot by slot', async () => {
    const { clock, beacons, handedIn, host } = desk();
    const stop = new AbortController();
    const running = beacons.run(stop.signal, host);
    beacons.saw(blockOf(maker.anchor(), maker.plain(), maker.anchor()), certificateOf(NODE_ID));
    beacons.saw(blockOf(maker.anchor()), certificateOf('somebody else'));
    await clock.advance(SLOT_DURATION_MS);
    await clock.advance(SLOT_DURATION_MS);
    stop.abort();
    await running;
    expect(handedIn.map(({ data }) => [data.slot, data.type, data.value])).toEqual([
      [slot, 'uptime_beacon', { uptime_seconds: 120 }],
      [slot, 'validation_signature', { validated_sessions: 2 }],
      [slot + 1, 'uptime_beacon', { uptime_seconds: 120 }],
    ]);
  });

  test('have an id that follows from node, slot and type, so that a second life proves nothing twice', async () => {
    const [first, second] = [desk(), desk()];
    await second.clock.advance(5000);
    await first.beacons.prove(slot, first.host);
    await second.beacons.prove(slot, second.host);
    await second.beacons.prove(slot + 1, second.host);
    const ids = [...first.handedIn, ...second.handedIn].map(({ tx_id }) => tx_id);
    expect(ids[0]).toBe(ids[1]);
    expect(ids[2]).not.toBe(ids[0]);
  });

  test('are not handed in by an instance that does not speak for the validator', async () => {
    const { beacons, handedIn, host } = desk(false);
    await beacons.prove(slot, host);
    expect(handedIn).toEqual([]);
  });
});

test('transactions are told at once, and again when no block has taken them for a while', async () => {
  const clock = new FakeClock();
  const maker = transactionMaker('gossip', () => clock.nowMs());
  const told: string[][] = [];
  const peers = {
    count: 3,
    send: (message: { transactions: Transaction[] }) =>
      void told.push(message.transactions.map(({ tx_id }) => tx_id)),
  } as unknown as Peers;
  const gossip = new Gossip(peers, clock, 2000);
  const transactions = Array.from({ length: 150 }, () => maker.plain());
  gossip.tell(transactions);
  expect(told.map((list) => list.length)).toEqual([100, 50]);
  const startMs = clock.nowMs();
  const waiting = transactions.slice(0, 3).map(({ tx_id }, index) => ({
    _id: tx_id,
    received_at_ms: index === 2 ? startMs + 5000 : startMs - 1,
  }));
  const ledger = {
    mempool: { oldest: async () => waiting },
    transactions: {
      findAll: async (ids: readonly string[]) =>
        new Map(
          ids.map((id, index) => {
            const text = JSON.stringify(transactions.find(({ tx_id }) => tx_id === id));
            return [id, { status: index === 1 ? 'confirmed' : 'pending', text }];
          }),
        ),
    },
  } as never;
  await gossip.repeat(ledger);
  expect(told).toHaveLength(2);
  await clock.advance(6000);
  await gossip.repeat(ledger);
  await gossip.repeat(ledger);
  expect(told.slice(2)).toEqual([[transactions[0]?.tx_id]]);
});

test('a signature is verified once, and a wrong one is wrong every time', () => {
  const memo = new SignatureMemo();
  const hash = 'ab'.repeat(32);
  const signature = signHash(hash, validatorKey);
  for (let round = 0; round < 2; round++) {
    expect(memo.holds(hash, signature, validatorKey.publicKey)).toBe(true);
    expect(memo.holds(hash, signature, clientKey.publicKey)).toBe(false);
    expect(memo.holds('cd'.repeat(32), signature, validatorKey.publicKey)).toBe(false);
  }
});

test('a list of validators is read whole or refused without being quoted', () => {
  const variable = jsonList({ doc: 'x', type: '[{"validator","public_key"}]', item: GenesisValidator });
  const entry = { validator: 'a', public_key: 'ab'.repeat(32) };
  expect(variable.parse(JSON.stringify([entry]))).toEqual([entry]);
  expect(variable.parse('')).toEqual([]);
  for (const text of [
    '{',
    '{}',
    '[1]',
    '[{"validator":"secret-name"}]',
    JSON.stringify([{ ...entry, more: 1 }]),
  ])
    expect(() => variable.parse(text)).toThrow(/^(must be a JSON array|entry 0 must have the form)/);
});

test('ballots that mean nothing here say why', () => {
  const given = {
    target_id: 'ab'.repeat(32),
    phase: 'prevote' as const,
    height: 1,
    view: 4,
    validator: 'a',
    signature: '0'.repeat(128),
  };
  const of = (
    vote_type: 'block_validation' | 'participant_selection',
    vote_decision: 'approve' | 'reject' | 'abstain',
  ) => outsideVote({ ...given, vote_type, vote_decision });
  expect(of('block_validation', 'approve').vote?.block_hash).toBe(given.target_id);
  expect(of('block_validation', 'reject').vote?.block_hash).toBeNull();
  expect(of('block_validation', 'abstain').reason).toMatch('silence');
  expect(of('participant_selection', 'approve').reason).toMatch('nobody is voted in');
});
