import { verifyGenesis } from '@lucid/ledger';
import { describe, expect, test } from 'vitest';
import { type GenesisSettings, genesisConflict } from '../src/domain/genesis.ts';
import { genesisOf, self, wanted } from './a-genesis.ts';
import { clientKey } from './support.ts';

describe('the genesis block', () => {
  test('is the same wherever it is made', () => {
    expect(genesisOf(wanted)).toEqual(genesisOf({ ...wanted }));
    expect(verifyGenesis(genesisOf(wanted)).valid).toBe(true);
  });

  test('names the variable that does not fit, never its value', () => {
    const verdict = verifyGenesis(genesisOf(wanted));
    if (!verdict.valid) throw new Error('unreachable');
    const conflict = (over: Partial<GenesisSettings>) =>
      genesisConflict(verdict.data, { ...wanted, ...over });
    expect(conflict({})).toBeUndefined();
    expect(conflict({ self: { ...self, public_key: clientKey.publicKey } })).toMatch(
      /^BLOCKCHAIN_VALIDATOR_KEY is not/,
    );
    const elsewhere = {
      self: { ...self, validator: '0b'.repeat(16) },
      createdAt: '2026-01-02T00:00:00.000Z',
    };
    expect(conflict(elsewhere)).toMatch(/^BLOCKCHAIN_NODE_ID and GENESIS_CREATED_AT/);
  });

  test('of several validators is the same on each of them, whoever asks', () => {
    const other = { validator: '0b'.repeat(16), public_key: clientKey.publicKey };
    const validators = [self, other];
    const ours = genesisOf({ ...wanted, validators });
    expect(genesisOf({ ...wanted, validators, self: other })).toEqual(ours);
    expect(genesisOf({ ...wanted, validators: [self] })).toEqual(genesisOf(wanted));
    const verdict = verifyGenesis(ours);
    if (!verdict.valid) throw new Error('unreachable');
    expect(genesisConflict(verdict.data, { ...wanted, validators })).toBeUndefined();
    for (const changed of [[], [other, self], [self]])
      expect(genesisConflict(verdict.data, { ...wanted, validators: changed })).toMatch(
        /^BOOTSTRAP_VALIDATORS is/,
      );
  });

  test('has no place for an engine that the list does not name, or names with another key', () => {
    const other = { validator: '0b'.repeat(16), public_key: clientKey.publicKey };
    expect(() => genesisOf({ ...wanted, validators: [other] })).toThrow(/does not list BLOCKCHAIN_NODE_ID/);
    const stolen = { ...self, public_key: clientKey.publicKey };
    expect(() => genesisOf({ ...wanted, validators: [stolen] })).toThrow(/another key/);
  });
});
