import type { TransactionRecord } from '@lucid/contracts';
import { MAX_AGE_AT_SUBMISSION_MS, ZERO_HASH } from '@lucid/ledger';
import { describe, expect, it } from 'vitest';
import { differences, newAnchoring, toAnchoring } from '../src/domain/anchoring-document.ts';
import {
  checkpointData,
  isUnsigned,
  newCheckpoint,
  newSeal,
  toCheckpoint,
} from '../src/domain/checkpoint-document.ts';
import { isOnItsWay, isTooOldToSend, nextTask, sight } from '../src/domain/decide.ts';
import { type Delivery, EXPIRY_MS, newDelivery, transactionOf } from '../src/domain/delivery.ts';
import { anchorData, signSaying } from '../src/domain/sayings.ts';
import { anchoringKey, requestMaker } from './support.ts';

const NOW_MS = Date.UTC(2026, 0, 2);
const MINUTE_MS = 60_000;
const make = requestMaker('deliveries');
const request = make.request();
const origin = { anchoring_id: 'a', checkpoint_count: 0, nowMs: NOW_MS, gatherMs: 500 };
const document = newAnchoring(request, origin);
const saying = { type: 'session_anchor' as const, data: { ...anchorData(document) } };
const transaction = signSaying(saying, make.random.uuid(), NOW_MS, anchoringKey);
const inBlock = { confirmed_at: 'then', block_height: 7, block_hash: 'ab'.repeat(32) };

describe('what a delivery needs next', () => {
  const fresh: Delivery = { _id: 's', ...newDelivery(NOW_MS, 500) };
  const taskOf = (over: Partial<Delivery>, afterMs = 0) => nextTask({ ...fresh, ...over }, NOW_MS + afterMs);

  it('is a signature, then sending, then watching, then finality, then nothing', () => {
    expect(taskOf({})).toBe('sign');
    expect(taskOf({ transaction })).toBe('send');
    expect(taskOf({ status: 'processing', transaction, delivered_at_ms: NOW_MS })).toBe('watch');
    expect(taskOf({ status: 'confirmed', transaction, ...inBlock })).toBe('finalize');
    expect(taskOf({ status: 'confirmed', finalized: true, transaction, ...inBlock })).toBe('rest');
  });

  it('is nothing for what was given up', () => {
    expect([taskOf({ status: 'failed' }), taskOf({ status: 'expired', transaction })]).toEqual([
      'rest',
      'rest',
    ]);
  });

  it('is to expire after a day without a signature, and to ask first where there is one', () => {
    expect([taskOf({}, EXPIRY_MS - 1), taskOf({}, EXPIRY_MS)]).toEqual(['sign', 'expire']);
    const signedNow = { ...transaction, signed_at_ms: NOW_MS + EXPIRY_MS };
    expect(taskOf({ transaction: signedNow }, EXPIRY_MS)).toBe('ask');
    expect(taskOf({ status: 'processing', transaction: signedNow }, EXPIRY_MS)).toBe('send');
  });

  it('is to ask about what is too old to be sent, a minute before the engine thinks so', () => {
    const lastMs = MAX_AGE_AT_SUBMISSION_MS - MINUTE_MS;
    expect([taskOf({ transaction }, lastMs), taskOf({ transaction }, lastMs + 1)]).toEqual(['send', 'ask']);
    expect(isTooOldToSend(NOW_MS, NOW_MS + lastMs + 1)).toBe(true);
  });

  it('waits two seconds before an engine’s not knowing it means anything', () => {
    const delivered = { ...fresh, delivered_at_ms: NOW_MS };
    expect(isOnItsWay(fresh, NOW_MS)).toBe(false);
    expect([1999, 2000].map((afterMs) => isOnItsWay(delivered, NOW_MS + afterMs))).toEqual([true, false]);
  });
});

describe('what the engine knows under our id', () => {
  const record: TransactionRecord = {
    transaction: transactionOf(transaction),
    tx_hash: transaction.tx_hash,
    status: 'pending',
    submitted_at: 'before',
  };
  const { confirmed_at, ...place } = inBlock;

  it('is in a block, on its way, or dropped with its reason', () => {
    expect(sight(record, saying)).toEqual({ is: 'waiting' });
    const confirmed = { ...record, status: 'confirmed' as const };
    expect(sight(confirmed, saying)).toEqual({ is: 'waiting' });
    const place7 = { is: 'confirmed', height: 7, hash: place.block_hash };
    expect(sight({ ...confirmed, ...place }, saying)).toEqual({ ...place7, at: 'before' });
    expect(sight({ ...confirmed, ...place, confirmed_at }, saying)).toEqual({ ...place7, at: 'then' });
    const dropped = { is: 'dropped', reason: 'expired' };
    expect(sight({ ...record, status: 'dropped', reason: 'expired' }, saying)).toEqual(dropped);
    expect(sight({ ...record, status: 'failed' }, saying)).toEqual({
      ...dropped,
      reason: 'without a reason',
    });
  });

  it('is ours by what it says, whenever it was signed, and else somebody else’s', () => {
    const later = transactionOf(signSaying(saying, transaction.tx_id, NOW_MS + MINUTE_MS, anchoringKey));
    expect(sight({ ...record, transaction: later }, saying)).toEqual({ is: 'waiting' });
    const other = { ...saying, data: { ...saying.data, chunk_count: 4 } };
    expect(sight(record, other)).toEqual({ is: 'foreign' });
    expect(sight(record, { ...saying, type: 'data_storage' })).toEqual({ is: 'foreign' });
  });
});

describe('an anchoring', () => {
  it('is kept without the signature that let it in, and is the same request again or differs by name', () => {
    expect(document).toMatchObject({ _id: request.session_id, due_at_ms: NOW_MS + 500, gathering: true });
    expect(document).not.toHaveProperty('manifest_signature');
    expect(differences(document, request)).toEqual([]);
    const other = { ...request, user_id: make.random.uuid(), merkle_root: ZERO_HASH };
    expect(differences(document, other)).toEqual(['user_id', 'merkle_root']);
  });

  it('shows what is known of it so far, and not what drives it', () => {
    const shown = toAnchoring(document);
    expect(shown).toMatchObject({ session_id: request.session_id, status: 'pending', attempts: 0 });
    for (const hidden of ['checkpoints', 'transaction_id', 'block_height', 'error', 'lease', 'due_at_ms'])
      expect(shown).not.toHaveProperty(hidden);
    const known = { ...document, transaction, ...inBlock, error: 'slow' };
    expect(toAnchoring(known)).toMatchObject({
      ...inBlock,
      transaction_id: transaction.tx_id,
      error: 'slow',
    });
  });

  it('tells how many checkpoints it waits for, and what it says of them once that is known', () => {
    const waiting = { ...document, checkpoint_count: 2 };
    expect(toAnchoring(waiting).checkpoints).toEqual({ count: 2 });
    const checkpoints = { count: 2, last: 'cd'.repeat(32) };
    expect(toAnchoring({ ...waiting, checkpoints }).checkpoints).toEqual(checkpoints);
  });
});

describe('a checkpoint', () => {
  const first = newCheckpoint(make.checkpoint(request, 0), 1, { nowMs: NOW_MS, gatherMs: 0 });

  it('says on the chain what is stored and what came before, and never whose user it is', () => {
    const data = checkpointData(first);
    expect(data).toMatchObject({
      kind: 'session_checkpoint',
      sequence: 1,
      previous: ZERO_HASH,
      chunk_count: 0,
    });
    expect(data).not.toHaveProperty('user_id');
    expect(checkpointData({ ...first, previous: 'ab'.repeat(32) }).previous).toBe('ab'.repeat(32));
  });

  it('may be replaced until it was signed, tried or taken up by somebody', () => {
    expect(isUnsigned(first)).toBe(true);
    const taken = { ...first, lease: { token: 't', expires_at_ms: 1 } };
    expect([{ ...first, transaction }, { ...first, attempts: 1 }, taken].map(isUnsigned)).toEqual([
      ...[false, false, false],
    ]);
  });

  it('shows its transaction and the one before once they are known', () => {
    expect(toCheckpoint(first)).not.toHaveProperty('tx_hash');
    expect(toCheckpoint(first)).not.toHaveProperty('previous');
    const known = { ...first, transaction, previous: ZERO_HASH, ...inBlock };
    const { tx_hash, tx_id: transaction_id } = transaction;
    expect(toCheckpoint(known)).toMatchObject({ tx_hash, transaction_id, previous: ZERO_HASH, ...inBlock });
  });

  it('that is a seal takes the next number and never goes out', () => {
    const seal = newSeal(request.session_id, 3, NOW_MS);
    expect(seal).toMatchObject({ _id: `${request.session_id}:3`, sequence: 3, seal: true, due_at_ms: null });
    expect(seal).not.toHaveProperty('gathering');
  });
});
