import { describe, expect, it } from 'vitest';
import {
  type Block,
  type GenesisConfig,
  genesisBlock,
  genesisPublicKey,
  LedgerError,
  signBlock,
  verifyGenesis,
} from '../src/index.ts';
import { CONFIG, keyA, keyB } from './support.ts';

const genesis = genesisBlock(CONFIG);
const [tx] = genesis.transactions;
const signed = (key: typeof keyA): Block => signBlock(genesis.header, genesis.transactions, key);

describe('genesis block', () => {
  // Computed with Python's hashlib and json.
  it('has the known id and hash', () => {
    expect(tx?.tx_id).toBe('c3cf2f1f-bf2e-8ce5-86d9-2d69e59632be');
    expect(genesis.hash).toBe('0c37820f4260fa0bd94f2bd036d7385c2088c40d9a5b2e84a2f8a5bbff3d6514');
  });

  it('is the same on every node with the same configuration, and another for any difference', () => {
    expect(genesisBlock(structuredClone(CONFIG))).toEqual(genesis);
    const others: GenesisConfig[] = [
      { ...CONFIG, version: '2' },
      { ...CONFIG, created_at: '2026-01-01T00:00:00.001Z' },
      { ...CONFIG, validators: CONFIG.validators.toReversed() },
      { ...CONFIG, validators: CONFIG.validators.slice(0, 1) },
    ];
    for (const other of others) expect(genesisBlock(other).hash).not.toBe(genesis.hash);
  });

  it('verifies unsigned or signed by the first validator, with the same hash', () => {
    for (const block of [genesis, signed(keyA), JSON.parse(JSON.stringify(genesis))]) {
      expect(verifyGenesis(block)).toMatchObject({ valid: true, hash: genesis.hash });
    }
    expect(verifyGenesis(signed(keyB))).toMatchObject({ valid: false });
  });

  it('names the key of a validator', () => {
    const verdict = verifyGenesis(genesis);
    if (!verdict.valid) throw new Error(verdict.detail);
    expect(genesisPublicKey(verdict.data, 'node-b')).toBe(keyB.publicKey);
    expect(genesisPublicKey(verdict.data, 'node-x')).toBeUndefined();
  });

  it.each<[string, unknown]>([
    ['a hash that is not its own', { ...genesis, hash: 'ab'.repeat(32) }],
    ['another height', { ...genesis, header: { ...genesis.header, height: 1 } }],
    ['another slot', { ...genesis, header: { ...genesis.header, slot: 1 } }],
    [
      'a signature inside its transaction',
      { ...genesis, transactions: [{ ...tx, signature: '11'.repeat(64) }] },
    ],
    [
      'an added validator',
      {
        ...genesis,
        transactions: [
          {
            ...tx,
            data: {
              ...tx?.data,
              validators: [...CONFIG.validators, { validator: 'x', public_key: 'aa'.repeat(32) }],
            },
          },
        ],
      },
    ],
    ['two transactions', { ...genesis, transactions: [tx, tx] }],
    ['no transaction', { ...genesis, transactions: [] }],
    ['unknown data', { ...genesis, transactions: [{ ...tx, data: { ...tx?.data, note: 'hi' } }] }],
    ['no structure', null],
  ])('does not verify with %s', (_what, candidate) => {
    expect(verifyGenesis(candidate).valid).toBe(false);
  });

  it.each<[string, Partial<GenesisConfig>]>([
    ['no validators', { validators: [] }],
    [
      'one name twice',
      {
        validators: [
          { validator: 'a', public_key: keyA.publicKey },
          { validator: 'a', public_key: keyB.publicKey },
        ],
      },
    ],
    [
      'one key twice',
      {
        validators: [
          { validator: 'a', public_key: keyA.publicKey },
          { validator: 'b', public_key: keyA.publicKey },
        ],
      },
    ],
    ['a time before the chain', { created_at: '2023-12-31T23:59:59.999Z' }],
    ['an unreal day', { created_at: '2026-02-30T00:00:00.000Z' }],
    ['no version', { version: '' }],
  ])('cannot be made with %s', (_what, over) => {
    expect(() => genesisBlock({ ...CONFIG, ...over })).toThrow(LedgerError);
  });
});
