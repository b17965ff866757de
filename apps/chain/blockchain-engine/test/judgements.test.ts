import { type Message, type Proposal, proposalHash, type Status, statusHash } from '@lucid/consensus';
import {
  type Block,
  genesisBlock,
  MAX_TRANSACTION_LEAD_MS,
  nextBlock,
  type SigningKey,
  signHash,
  signVote,
  slotAt,
  slotStartMs,
  timestampOf,
  txHash,
  verifyHash,
  viewOf,
} from '@lucid/ledger';
import { createPootState } from '@lucid/poot';
import { describe, expect, test } from 'vitest';
import { genesisConfigOf } from '../src/domain/genesis.ts';
import { isWhole } from '../src/domain/is-whole.ts';
import { judgeCandidate } from '../src/domain/judge-candidate.ts';
import { judgeMessage } from '../src/domain/judge-message.ts';
import { judgeSubmission, type SubmissionRules } from '../src/domain/judge-submission.ts';
import { systemFault } from '../src/domain/judge-system.ts';
import { toTransactionDocument } from '../src/domain/transaction-document.ts';
import { VerifiedTexts } from '../src/domain/verified-texts.ts';
import { clientKey, NODE_ID, transactionMaker, validatorKey } from './support.ts';

const HOUR_MS = 3_600_000;
const nowMs = slotStartMs(slotAt(Date.UTC(2026, 0, 5))) + 60_000;
const maker = transactionMaker('judgements', () => nowMs);
const self = { validator: NODE_ID, public_key: validatorKey.publicKey };
const genesis = genesisBlock(
  genesisConfigOf({ createdAt: '2026-01-01T00:00:00.000Z', self, validators: [] }),
);
const blockWith = (transactions: Block['transactions'], key: SigningKey = validatorKey) =>
  nextBlock({ parent: genesis, transactions, timestampMs: nowMs, validator: NODE_ID, key });

describe('a block by itself', () => {
  const block = blockWith([maker.plain(), maker.anchor()]);

  test('is whole as it was made', () => {
    expect([isWhole(genesis), isWhole(block), isWhole(blockWith([]))]).toEqual([true, true, true]);
  });

  test('is not with another hash, another header, another order, one transaction less or one too many', () => {
    const { header, transactions } = block;
    const changes: Partial<Block>[] = [
      { hash: genesis.hash },
      { header: { ...header, slot: header.slot + 1 } },
      { transactions: transactions.toReversed() },
      { transactions: transactions.slice(1) },
      { transactions: [...transactions, maker.plain()] },
    ];
    expect(changes.map((change) => isWhole({ ...block, ...change }))).toEqual(changes.map(() => false));
  });

  test('is not when something in it has no canonical form, instead of breaking whoever looks', () => {
    const [first, ...others] = block.transactions;
    const odd = { ...first, data: { note: Number.NaN } } as Block['transactions'][number];
    expect(isWhole({ ...block, transactions: [odd, ...others] })).toBe(false);
  });
});

describe('what is said in the name of a validator', () => {
  const block = blockWith([maker.plain()]);
  const rules = {
    genesisHash: genesis.hash,
    publicKeyOf: (validator: string) => (validator === NODE_ID ? validatorKey.publicKey : undefined),
    holds: verifyHash,
  };
  const place = { height: 1, view: viewOf(block.header.slot, 0), validator: NODE_ID };
  const voteBy = (key: SigningKey, validator = NODE_ID): Message<Block> => ({
    kind: 'vote',
    vote: signVote({ ...place, phase: 'prevote', block_hash: block.hash, validator }, genesis.hash, key),
  });
  const statusBy = (key: SigningKey): Message<Block> => {
    const status: Omit<Status, 'signature'> = {
      ...place,
      ...{ proposal: null, valid_view: null, novice: false, started_at_ms: 1, sent_at_ms: 2, answers: null },
    };
    return {
      kind: 'status',
      status: { ...status, signature: signHash(statusHash(status, genesis.hash), key) },
    };
  };
  const proposalBy = (key: SigningKey, proposed = block): Message<Block> => {
    const proposal: Omit<Proposal, 'signature'> = { ...place, block_hash: proposed.hash, pol_view: null };
    const signature = signHash(proposalHash(proposal, genesis.hash), key);
    return { kind: 'proposal', proposal: { ...proposal, signature }, block: proposed, pol: null };
  };
  const proofOf = (proven: Block): Message<Block> => ({
    kind: 'proof',
    block: proven,
    pol: { view: place.view, votes: [{ validator: NODE_ID, signature: block.signature }] },
  });
  const codeOf = (candidate: unknown): number | undefined => {
    const judged = judgeMessage(candidate, rules);
    return 'refusal' in judged ? judged.refusal.code : undefined;
  };

  test('is taken as it is when its author signed it', () => {
    for (const message of [
      voteBy(validatorKey),
      statusBy(validatorKey),
      proposalBy(validatorKey),
      proofOf(block),
    ])
      expect(judgeMessage(message, rules)).toEqual({ message });
  });

  test('is 6205 when it is no message, with the reason', () => {
    const { vote } = voteBy(validatorKey) as { vote: object };
    for (const candidate of [
      undefined,
      {},
      { kind: 'gossip' },
      { kind: 'vote', vote: { ...vote, height: -1 } },
    ])
      expect(codeOf(candidate)).toBe(6205);
    const judged = judgeMessage({ kind: 'vote', vote: { ...vote, extra: 1 } }, rules);
    expect(judged).toMatchObject({ refusal: { details: { reason: expect.stringMatching(/./) } } });
  });

  test('is 6203 of a stranger, and 6204 under another’s signature', () => {
    expect(codeOf(voteBy(clientKey, '0b'.repeat(16)))).toBe(6203);
    expect([voteBy, statusBy, proposalBy].map((by) => codeOf(by(clientKey)))).toEqual([6204, 6204, 6204]);
  });

  test('is 6002 when it brings a block that its leader did not make, and 6203 when nobody of ours did', () => {
    const forged = blockWith([], clientKey);
    const renamed = { ...block, hash: forged.hash };
    const foreign = { ...block, header: { ...block.header, validator: '0b'.repeat(16) } };
    for (const carry of [proofOf, (other: Block) => proposalBy(validatorKey, other)])
      expect([forged, renamed, foreign].map((other) => codeOf(carry(other)))).toEqual([6002, 6002, 6203]);
    const checkOf = (other: Block) => {
      const judged = judgeMessage(proofOf(other), rules);
      return 'refusal' in judged ? judged.refusal.details : undefined;
    };
    expect([checkOf(forged), checkOf(renamed)]).toEqual([
      { checks: [{ check: 'signature_valid' }] },
      { checks: [{ check: 'hash_valid' }] },
    ]);
  });
});

describe('a transaction that is handed in', () => {
  const ranking = createPootState(genesis);
  const judged = (transaction: Block['transactions'][number], over: Partial<SubmissionRules> = {}) => {
    const outcome = judgeSubmission(transaction, { nowMs, ranking, ...over });
    return 'refusal' in outcome ? outcome.refusal.code : outcome.txHash;
  };
  const plainAt = (timeMs: number) => maker.plain({ timestamp: timestampOf(timeMs) });

  test('is known by its hash when it holds', () => {
    for (const transaction of [maker.plain(), maker.anchor(), maker.beacon()])
      expect(judged(transaction)).toBe(txHash(transaction));
  });

  test('is 6104 when only its age is wrong, 6103 when only its signature is, 6102 for everything else', () => {
    const good = maker.plain();
    const { signature } = maker.plain();
    expect(judged(plainAt(nowMs - 2 * HOUR_MS))).toBe(6104);
    expect(judged(plainAt(nowMs + MAX_TRANSACTION_LEAD_MS + 1))).toBe(6104);
    expect(judged({ ...good, signature })).toBe(6103);
    expect(judged({ ...good, tx_id: 'mine' })).toBe(6102);
    // Whose it is comes before how old it is: a stranger's word about the time says nothing.
    expect(judged({ ...plainAt(nowMs - 2 * HOUR_MS), signature })).toBe(6103);
  });

  test('may be old when another validator passes it on, but is from the future nowhere', () => {
    const isForwarded = true;
    const old = plainAt(nowMs - 20 * HOUR_MS);
    expect(judged(old, { isForwarded })).toBe(txHash(old));
    const edge = plainAt(nowMs + MAX_TRANSACTION_LEAD_MS);
    expect(judged(edge, { isForwarded })).toBe(txHash(edge));
    expect(judged(plainAt(nowMs + MAX_TRANSACTION_LEAD_MS + 1), { isForwarded })).toBe(6104);
    expect(judged({ ...old, signature: edge.signature }, { isForwarded })).toBe(6103);
  });

  test('of the system is 6109 of a stranger, 6208 when it breaks a rule, 6209 when it is known', () => {
    const registration = { kind: 'node_registration', node_id: 'node-2', public_key: clientKey.publicKey };
    const twice = { ...registration, node_id: NODE_ID };
    const system = (data: typeof registration, key: SigningKey) => maker.plain({ type: 'system', data }, key);
    expect(judged(system(registration, clientKey))).toBe(6109);
    expect(judged(maker.beacon({ slot: slotAt(nowMs) - 3 }))).toBe(6208);
    expect(judged(maker.beacon({}, clientKey))).toBe(6208);
    expect(judged(system(twice, validatorKey))).toBe(6209);
  });

  test('of the system needs somebody who can judge it', () => {
    expect(() => judgeSubmission(maker.beacon(), { nowMs })).toThrow('without a ranking');
  });
});

describe('system transactions of one block', () => {
  const judge = () => createPootState(genesis).openBlock(slotAt(nowMs));
  const [first, again] = [maker.beacon(), maker.beacon()];

  test('hold once: the second proof of the same work is named, with what is wrong', () => {
    expect(systemFault([maker.plain(), first, maker.anchor()], judge())).toBeUndefined();
    expect(systemFault([first, again], judge())).toMatch(
      new RegExp(`^system transaction ${again.tx_id}: proof_repeated: `),
    );
  });

  test('are judged once more when a block is made, after those that stand before them', () => {
    const kept = (transaction: typeof first) =>
      toTransactionDocument(transaction, txHash(transaction), transaction.timestamp);
    const ofBlock = judge();
    const texts = new VerifiedTexts(1);
    expect(judgeCandidate(kept(first), texts, ofBlock)).toEqual({
      transaction: first,
      txHash: txHash(first),
    });
    expect(judgeCandidate(kept(again), texts, ofBlock)).toEqual({
      reason: expect.stringMatching(/^proof_repeated: /),
    });
  });
});
