import { nextBlock, signVote, viewOf } from '@lucid/ledger';
import { describe, expect, test } from 'vitest';
import { brokenLink } from '../src/domain/judge-link.ts';
import { wrongVotes } from '../src/domain/judge-votes.ts';
import { genesisOf, self, wanted } from './a-genesis.ts';
import { clientKey, NODE_ID, validatorKey } from './support.ts';

describe('links between blocks', () => {
  const genesis = genesisOf(wanted);
  const timestampMs = Date.parse('2026-01-02T00:00:00.000Z');
  const block = nextBlock({
    parent: genesis,
    transactions: [],
    timestampMs,
    validator: NODE_ID,
    key: validatorKey,
  });
  const publicKeyOf = (validator: string) => (validator === NODE_ID ? validatorKey.publicKey : undefined);

  test('hold as they were made', () => {
    expect(brokenLink(genesis, undefined, publicKeyOf)).toBeUndefined();
    expect(brokenLink(block, genesis, publicKeyOf)).toBeUndefined();
  });

  test('break with every change', () => {
    const stranger = nextBlock({
      parent: genesis,
      transactions: [],
      timestampMs,
      validator: 'x',
      key: clientKey,
    });
    const forged = nextBlock({
      parent: genesis,
      transactions: [],
      timestampMs,
      validator: NODE_ID,
      key: clientKey,
    });
    const detached = nextBlock({
      parent: block,
      transactions: [],
      timestampMs,
      validator: NODE_ID,
      key: validatorKey,
    });
    expect(brokenLink({ ...block, hash: genesis.hash }, genesis, publicKeyOf)).toMatch('hash');
    expect(brokenLink(block, undefined, publicKeyOf)).toMatch('missing');
    expect(brokenLink(stranger, genesis, publicKeyOf)).toMatch('no validator');
    expect(brokenLink(forged, genesis, publicKeyOf)).toMatch('did not sign');
    expect(brokenLink(detached, genesis, publicKeyOf)).toMatch('height');
    const other = genesisOf({ ...wanted, createdAt: '2026-01-01T00:00:01.000Z' });
    expect(brokenLink(block, other, publicKeyOf)).toMatch('does not name');
  });
});

describe('the votes of a kept block', () => {
  const other = { validator: '0b'.repeat(16), public_key: clientKey.publicKey };
  const genesis = genesisOf({ ...wanted, validators: [self, other] });
  const voters = { genesis, data: { validators: [self, other] } };
  const block = nextBlock({
    parent: genesis,
    transactions: [],
    timestampMs: Date.parse('2026-01-02T00:00:00.000Z'),
    validator: NODE_ID,
    key: validatorKey,
  });
  const view = viewOf(block.header.slot, 0);
  const ballot = { phase: 'precommit' as const, height: 1, view, block_hash: block.hash };
  const votes = [
    signVote({ ...ballot, validator: NODE_ID }, genesis.hash, validatorKey),
    signVote({ ...ballot, validator: other.validator }, genesis.hash, clientKey),
  ].map(({ validator, signature }) => ({ validator, signature }));

  test('are those of more than two thirds', () => {
    expect(wrongVotes({ ...block, certificate: { view, votes } }, voters)).toBeUndefined();
    expect(wrongVotes({ ...block, certificate: { view, votes: votes.slice(1) } }, voters)).toMatch(
      'two thirds',
    );
    expect(wrongVotes({ ...block, certificate: { view: view + 1, votes } }, voters)).toMatch('not signed');
    expect(wrongVotes(block, voters)).toMatch('no votes');
  });

  test('need not be there where one validator decides, nor with the first block', () => {
    expect(wrongVotes(block, { genesis, data: { validators: [self] } })).toBeUndefined();
    expect(wrongVotes(genesis, voters)).toBeUndefined();
  });
});
