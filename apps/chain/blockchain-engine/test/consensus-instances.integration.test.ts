import { viewOf } from '@lucid/ledger';
import { eventually } from '@lucid/testing';
import { beforeEach, expect, test } from 'vitest';
import { CapturingHttp, COLLEAGUES } from './colleagues.ts';
import { addressOf, councilSeats, type Seat } from './council-seat.ts';
import { BLOCK_TIME_MS, settle } from './rig.ts';

const SECONDS = 1000;
const nextSeat = councilSeats('instances');
let seat: Seat;

beforeEach(async () => {
  seat = await nextSeat();
});

test('a restart within a slot goes on in that slot, bound by what was said before', async () => {
  const { clock, maker, rig, others, primary, open, send, ourVote, assemble } = seat;
  await assemble();
  const block = others.block(primary, rig.validators.genesis, clock.nowMs());
  await send(others.proposal(block));
  await ourVote('prevote');
  const http = new CapturingHttp();
  const reborn = await open({ http });
  await settle(reborn);
  const report = reborn.council?.report();
  expect(report).toMatchObject({
    view: viewOf(block.header.slot, 0),
    silentThroughSlot: null,
    leader: primary,
  });
  // Another block of the same view: the validator has prevoted, and says nothing else.
  const second = others.block(primary, rig.validators.genesis, clock.nowMs(), [maker.plain()]);
  const inputs = [others.proposal(second)].map((message) => ({
    kind: 'message' as const,
    from: primary,
    message,
  }));
  await reborn.producer.hear(inputs as never);
  await clock.advance(BLOCK_TIME_MS);
  await settle(reborn);
  await clock.advance(3 * SECONDS);
  await settle(reborn);
  const prevotes = http
    .votesTo(addressOf(primary))
    .filter(({ phase, block_hash }) => phase === 'prevote' && block_hash);
  expect(prevotes.length).toBeGreaterThan(0);
  expect(prevotes.every(({ block_hash }) => block_hash === block.hash)).toBe(true);
});

test('an instance that stands by passes votes on to the one that votes, once, and keeps transactions itself', async () => {
  const { clock, maker, rig, others, primary, open } = seat;
  const around = new CapturingHttp();
  const standby = await open({ holder: 'engine-2', address: 'standby:8084', http: around });
  await settle(standby);
  expect(standby.producer.state).toBe('standby');
  const block = others.block(primary, rig.validators.genesis, clock.nowMs());
  const delivery = { from: primary, messages: others.ballots('prevote', block, [primary]) };
  await standby.inbox.take(delivery, false);
  expect(around.sent).toMatchObject([{ address: 'holder:8084', messages: delivery.messages }]);
  await expect(standby.inbox.take(delivery, true)).rejects.toMatchObject({ code: 6202 });
  const transaction = maker.plain();
  await standby.inbox.take(
    { from: primary, messages: [{ kind: 'transactions', transactions: [transaction] }] },
    false,
  );
  expect(await rig.ledger.transactions.find(transaction.tx_id)).toMatchObject({ status: 'pending' });
  expect(around.sent).toHaveLength(1); // who took it from its owner tells all others
  await standby.submissions.submit(maker.plain());
  expect(around.sent.map(({ address }) => address).slice(1)).toEqual(COLLEAGUES.map(addressOf));
  await rig.lease.release();
  await expect(standby.inbox.take(delivery, false)).rejects.toMatchObject({ code: 6202 });
});

test('an instance that lost the lease does not vote any more', async () => {
  const { clock, http, rig, others, primary, open, assemble } = seat;
  await assemble();
  await clock.advance(11 * SECONDS);
  const heir = await open({ holder: 'engine-2' });
  await settle(heir); // the lease had expired: this one votes now
  const before = http.votesTo(addressOf(primary)).length;
  const block = others.block(primary, rig.validators.genesis, clock.nowMs());
  const inputs = [{ kind: 'message' as const, from: primary, message: others.proposal(block) }];
  // It believes that it holds the lease; the memory it would have to write belongs to another now.
  await Promise.allSettled([rig.producer.hear(inputs as never)]); // fails at once, or when the block has been judged
  await eventually('it is set back', () => rig.producer.state === 'syncing');
  await settle(rig);
  expect([rig.producer.state, heir.producer.state]).toEqual(['standby', 'active']);
  expect(
    http
      .votesTo(addressOf(primary))
      .slice(before)
      .filter(({ block_hash }) => block_hash !== null),
  ).toEqual([]);
});
