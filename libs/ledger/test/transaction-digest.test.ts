import fc from 'fast-check';
import { expect, it } from 'vitest';
import { canonicalJson, digestOf, LedgerError, txHash } from '../src/index.ts';
import { aTransaction } from './support.ts';

it('says of a transaction what its canonical text says, whatever is in it', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue({ maxDepth: 4 })), (values) => {
      const data = JSON.parse(JSON.stringify(values)) as Record<string, unknown>;
      const transaction = aTransaction(1, { data });
      expect(digestOf(transaction)).toEqual({
        txHash: txHash(transaction),
        dataBytes: Buffer.byteLength(canonicalJson(data)),
        sizeBytes: Buffer.byteLength(canonicalJson(transaction)),
      });
    }),
    { numRuns: 300 },
  );
});

it('has no digest for what has no canonical text', () => {
  expect(() => digestOf({ ...aTransaction(), data: { n: Number.NaN } })).toThrow(LedgerError);
});
