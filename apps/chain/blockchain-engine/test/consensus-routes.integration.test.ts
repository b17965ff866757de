import type { TransactionProof } from '@lucid/contracts';
import { SLOT_DURATION_MS, signingKeyFromSeed, slotAt, viewOf } from '@lucid/ledger';
import { eventually } from '@lucid/testing';
import { beforeEach, expect, test } from 'vitest';
import { COLLEAGUES, COUNCIL } from './colleagues.ts';
import { addressOf, councilSeats, type Seat } from './council-seat.ts';
import { GENESIS_AT, openRig, settle } from './rig.ts';
import { clientKey, NODE_ID } from './support.ts';

const SECONDS = 1000;
const nextSeat = councilSeats('consensus');
let seat: Seat;

beforeEach(async () => {
  seat = await nextSeat();
});

test('a block comes about: proposed by its leader, voted on in two phases, kept with its certificate', async () => {
  const { clock, maker, rig, others, primary, get, send, tip, ourVote, assemble } = seat;
  expect(COLLEAGUES).toContain(primary);
  await assemble();
  const transaction = maker.anchor();
  const block = others.block(primary, rig.validators.genesis, clock.nowMs(), [transaction]);
  expect(await send(others.proposal(block))).toMatchObject({ status: 202, body: { validator: NODE_ID } });
  expect(await ourVote('prevote')).toMatchObject({ block_hash: block.hash, validator: NODE_ID });
  const two = COLLEAGUES.slice(0, 2);
  await send(...others.ballots('prevote', block, two));
  expect(await ourVote('precommit')).toMatchObject({ block_hash: block.hash });
  expect((await tip()).header.height).toBe(0);
  await send(...others.ballots('precommit', block, two));
  expect(await tip()).toEqual(block);

  const { body } = await get('/consensus/blocks?from=1');
  const [kept] = body.blocks as { certificate: { votes: { validator: string }[] } }[];
  expect(kept?.certificate.votes.map(({ validator }) => validator).toSorted()).toEqual(
    [NODE_ID, ...two].toSorted(),
  );
  const proof = (await get(`/transactions/${transaction.tx_id}/proof`)).body as unknown as TransactionProof;
  expect(proof.certificate).toEqual(kept?.certificate);
  const { body: seen } = await get('/consensus/participants', 'user');
  const rates = (seen.participants as { node_id: string; participation_rate: number; status: string }[]).map(
    ({ node_id, participation_rate }) => [node_id, participation_rate],
  );
  expect(Object.fromEntries(rates)).toEqual({
    [NODE_ID]: 1,
    [two[0] ?? '']: 1,
    [two[1] ?? '']: 1,
    [COLLEAGUES[2] ?? '']: 0,
  });
});

test('a store that was lost does not vote, and follows what the others confirm', async () => {
  const { clock, http, rig, others, primary, tip, confirm } = seat;
  const block = others.block(primary, rig.validators.genesis, clock.nowMs());
  await confirm(block, COLLEAGUES);
  expect((await tip()).hash).toBe(block.hash);
  expect(http.votesTo(addressOf(primary))).toEqual([]);
});

test('what is forged is refused with its code, and the rest of the delivery is heard', async () => {
  const { clock, http, rig, others, primary, send, ourVote, assemble } = seat;
  await assemble();
  const block = others.block(primary, rig.validators.genesis, clock.nowMs());
  const [good] = others.ballots('prevote', block, [primary]);
  const forgedVote = { kind: 'vote', vote: { ...good?.vote, block_hash: null } };
  const stranger = { kind: 'vote', vote: { ...good?.vote, validator: 'e'.repeat(32) } };
  expect((await send(forgedVote)).code).toBe('LUCID_ERR_6204');
  expect(await send(stranger)).toMatchObject({ status: 403, code: 'LUCID_ERR_6203' });
  expect((await send({ kind: 'vote', vote: { validator: primary } })).code).toBe('LUCID_ERR_6205');
  expect((await send({ kind: 'song' })).code).toBe('LUCID_ERR_6205');
  const touched = {
    ...block,
    header: { ...block.header, nonce: 0 as const, validator: COLLEAGUES[1] ?? '' },
  };
  expect((await send({ ...others.proposal(block), block: touched })).code).toBe('LUCID_ERR_6002');
  const unsigned = { ...block, signature: '0'.repeat(128) };
  expect((await send({ ...others.proposal(block), block: unsigned })).code).toBe('LUCID_ERR_6002');
  const proposal = others.proposal(block);
  const stolen = { ...proposal, proposal: { ...proposal.proposal, view: proposal.proposal.view + 1 } };
  expect((await send(stolen, forgedVote)).code).toBe('LUCID_ERR_6204');
  expect((await send({ kind: 'transactions', transactions: [{}] })).code).toBe('LUCID_ERR_6205');
  expect(http.votesTo(addressOf(primary))).toEqual([]);
  await send(forgedVote, proposal);
  expect(await ourVote('prevote')).toMatchObject({ block_hash: block.hash });
});

test.each([
  ['a forged transaction', ({ maker }: Seat) => ({ ...maker.plain(), signature: '0'.repeat(128) })],
  ['a proof of a node that nobody knows', ({ maker }: Seat) => maker.beacon({ node_id: 'nobody' })],
  ['a proof signed by another than its node', ({ maker }: Seat) => maker.beacon({}, clientKey)],
])('a block of the leader with %s gets no vote', async (_what, forged) => {
  const { clock, rig, others, primary, send, ourVote, assemble } = seat;
  await assemble();
  await send(others.proposal(others.block(primary, rig.validators.genesis, clock.nowMs(), [forged(seat)])));
  await settle(rig);
  await clock.advance(5 * SECONDS);
  await settle(rig);
  expect(await ourVote('prevote')).toMatchObject({ block_hash: null });
});

test('a block by somebody whose turn it is not gets no vote', async () => {
  const { clock, rig, others, primary, post, send, ourVote, assemble } = seat;
  await assemble();
  const other = COLLEAGUES.find((validator) => validator !== primary) ?? '';
  await send(others.proposal(others.block(other, rig.validators.genesis, clock.nowMs())));
  await clock.advance(5 * SECONDS);
  await settle(rig);
  expect(await ourVote('prevote')).toMatchObject({ block_hash: null });
  expect((await post('/blocks', others.block(other, rig.validators.genesis, clock.nowMs()))).code).toBe(
    'LUCID_ERR_6201',
  );
  expect((await post('/blocks', others.block(primary, rig.validators.genesis, clock.nowMs()))).status).toBe(
    501,
  );
});

test('votes from outside are heard like those of a peer, and two that differ are on record', async () => {
  const { clock, rig, others, primary, get, post, assemble } = seat;
  await assemble();
  const block = others.block(primary, rig.validators.genesis, clock.nowMs());
  const height = 1;
  const view = viewOf(block.header.slot, 0);
  const ballot = (block_hash: string | null) => {
    const { vote } = others.vote({ phase: 'prevote', height, view, block_hash, validator: primary });
    return {
      vote_type: 'block_validation',
      target_id: block.hash,
      vote_decision: block_hash === null ? 'reject' : 'approve',
      phase: 'prevote',
      height,
      view,
      validator: primary,
      signature: vote.signature,
    };
  };
  const approve = ballot(block.hash);
  expect(await post('/consensus/vote', approve, 'user')).toMatchObject({ status: 403 });
  expect(await post('/consensus/vote', approve, 'node_operator')).toMatchObject({
    status: 202,
    body: { status: 'accepted', vote_weight: 1 },
  });
  expect((await post('/consensus/vote', { ...approve, height: 7 })).code).toBe('LUCID_ERR_6206');
  expect((await post('/consensus/vote', { ...approve, vote_decision: 'reject' })).code).toBe(
    'LUCID_ERR_6204',
  );
  expect((await post('/consensus/vote', { ...approve, vote_decision: 'abstain' })).status).toBe(501);
  expect((await post('/consensus/vote', { ...approve, vote_type: 'participant_selection' })).status).toBe(
    501,
  );
  expect(await post('/consensus/vote', ballot(null))).toMatchObject({ status: 409, code: 'LUCID_ERR_6207' });
  const { body } = await get('/consensus/history', 'user');
  expect(body).toMatchObject({
    total: 1,
    events: [{ event_type: 'double_vote', validator: primary, height, view }],
  });
});

test('proofs are handed in as transactions, each once', async () => {
  const { database, clock, maker, rig, others, primary, post, confirm } = seat;
  const proof = maker.beacon();
  expect(await post('/consensus/proofs', proof, 'user')).toMatchObject({ status: 403 });
  const { slot } = proof.data;
  expect(await post('/consensus/proofs', proof, 'node_operator')).toMatchObject({
    status: 202,
    body: { proof_id: `${NODE_ID}_${slot}_uptime_beacon`, tx_id: proof.tx_id, status: 'pending' },
  });
  expect((await post('/consensus/proofs', maker.beacon({}, clientKey))).code).toBe('LUCID_ERR_6208');
  expect((await post('/consensus/proofs', { ...proof, signature: '0'.repeat(128) })).code).toBe(
    'LUCID_ERR_6105',
  );
  expect((await post('/consensus/proofs', { ...maker.beacon(), signature: '0'.repeat(128) })).code).toBe(
    'LUCID_ERR_6103',
  );
  expect((await post('/consensus/proofs', maker.plain())).code).toBe('LUCID_ERR_6208');
  await confirm(others.block(primary, rig.validators.genesis, clock.nowMs(), [proof]), COLLEAGUES);
  expect((await post('/consensus/proofs', maker.beacon())).code).toBe('LUCID_ERR_6209');
  const [row] = await database.collection('task_proofs').find({}).toArray();
  expect(row).toMatchObject({ node_id: NODE_ID, slot, type: 'uptime_beacon', block_height: 1 });
});

test('who leads is the same for every slot to come on all engines, and a slot that is over says how it went', async () => {
  const { clock, rig, others, primary, get, tip, confirm } = seat;
  const slot = slotAt(clock.nowMs());
  const { body: now } = await get('/consensus/leader', 'user');
  expect(now).toMatchObject({ slot, result: null });
  expect(now.fallbacks).toHaveLength(3);
  const stranger = await openRig(seat.nextDatabase(), {
    clock,
    genesis: {
      createdAt: GENESIS_AT,
      self: { validator: COLLEAGUES[0] ?? '', public_key: COUNCIL[1]?.public_key ?? '' },
      validators: COUNCIL,
    },
    key: signingKeyFromSeed('b'.repeat(64)),
  });
  expect(stranger.validators.genesis).toEqual(rig.validators.genesis);
  const schedule = (await stranger.ranking.atTip()).leadersOf(slot + 5);
  expect((await get(`/consensus/leader?slot=${slot + 5}`)).body).toMatchObject({ primary: schedule.primary });

  await confirm(others.block(primary, rig.validators.genesis, clock.nowMs()), COLLEAGUES);
  await clock.advance(2 * SLOT_DURATION_MS);
  const { body: next } = await get('/consensus/leader');
  const later = others.block(String(next.primary), await tip(), clock.nowMs());
  await confirm(later, COLLEAGUES);
  expect((await tip()).hash).toBe(later.hash);
  expect((await get(`/consensus/leader?slot=${slot}`)).body).toMatchObject({
    result: { winner: primary, reason: 'primary' },
  });
  expect((await get(`/consensus/leader?slot=${slot + 1}`)).body).toMatchObject({
    result: { winner: 'missed', reason: 'timeout' },
  });
  expect(await get(`/consensus/leader?slot=${slot - 1}`)).toMatchObject({
    status: 404,
    code: 'LUCID_ERR_6210',
  });
});

test('the network and the state of the vote can be seen', async () => {
  const { clock, primary, get, assemble } = seat;
  await assemble();
  await eventually(
    'a peer has answered',
    async () => Number((await get('/chain/network', 'user')).body.peer_count) > 0,
  );
  const network = await get('/chain/network', 'user');
  expect(network.body.connected_peers).toContainEqual(
    expect.objectContaining({ validator: COLLEAGUES[0], height: 0, latency_ms: expect.any(Number) }),
  );
  expect(network.body.consensus_participants).toEqual(COUNCIL.map(({ validator }) => validator));
  expect((await get('/consensus/status', 'user')).body).toMatchObject({
    mode: 'bootstrap',
    leader: primary,
    height: 1,
    participants_count: 4,
    voting_threshold: 3,
    slot: slotAt(clock.nowMs()),
  });
});
