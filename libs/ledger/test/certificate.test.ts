import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Certificate,
  type CertificateCase,
  type CertificateVerdict,
  isQuorum,
  signingKeyFromSeed,
  signVote,
  type VotePhase,
  verifyCertificate,
  viewOf,
} from '../src/index.ts';

const GENESIS = 'aa'.repeat(32);
const HASH = 'bb'.repeat(32);
const header = { height: 3, slot: 100, fallback_index: 1 };
const VIEW = viewOf(100, 2);
const people = Array.from({ length: 7 }, (_, i) => {
  const key = signingKeyFromSeed(String(i + 1).repeat(64));
  return { key, validator: `node-${i}`, public_key: key.publicKey };
});
const listed = (count: number) =>
  people.slice(0, count).map(({ validator, public_key }) => ({ validator, public_key }));
const signature = (index: number, over: { view?: number; hash?: string; phase?: VotePhase } = {}) => {
  const person = people[index];
  if (!person) throw new Error(`nobody has number ${index}`);
  const { view = VIEW, hash = HASH, phase = 'precommit' } = over;
  const draft = { phase, height: 3, view, block_hash: hash, validator: person.validator };
  return {
    validator: person.validator,
    signature: signVote(draft, GENESIS, person.key).signature,
  };
};
const certificate = (signers: number[]): Certificate => ({
  view: VIEW,
  votes: signers.map((index) => signature(index)),
});
const judge = (over: Partial<CertificateCase> = {}): CertificateVerdict =>
  verifyCertificate({
    certificate: certificate([0, 1, 2]),
    header,
    hash: HASH,
    genesisHash: GENESIS,
    validators: listed(4),
    ...over,
  });
const faultOf = (verdict: CertificateVerdict) => (verdict.valid ? 'none' : verdict.fault);

describe('a quorum', () => {
  it('is strictly more than two thirds', () => {
    const least = [1, 2, 3, 4, 5, 6, 7].map((n) => {
      for (let count = 0; count <= n; count++) if (isQuorum(count, n)) return count;
      return Number.NaN;
    });
    expect(least).toEqual([1, 2, 3, 3, 4, 5, 5]);
  });

  it('has an honest validator in common with every other one, while less than a third lie', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), (n) => {
        let least = 0;
        while (!isQuorum(least, n)) least++;
        const liars = n - least;
        expect(2 * least - n).toBeGreaterThan(liars);
        expect(liars * 3).toBeLessThan(n);
      }),
    );
  });
});

describe('a certificate', () => {
  it('holds with the precommits of more than two thirds, whoever they are and in any order', () => {
    for (const [count, signers] of [
      [1, [0]],
      [2, [1, 0]],
      [3, [2, 0, 1]],
      [4, [3, 1, 0]],
      [7, [6, 5, 4, 3, 2]],
    ] as const) {
      const verdict = judge({ certificate: certificate([...signers]), validators: listed(count) });
      expect(verdict).toEqual({ valid: true, signers: signers.map((index) => `node-${index}`) });
    }
  });

  it('holds after a round through JSON', () => {
    expect(judge({ certificate: JSON.parse(JSON.stringify(certificate([0, 1, 2]))) }).valid).toBe(true);
  });

  it.each<[string, string, Partial<CertificateCase>]>([
    ['half of four', 'too_few', { certificate: certificate([0, 1]) }],
    ['exactly two thirds of three', 'too_few', { certificate: certificate([0, 1]), validators: listed(3) }],
    ['nobody', 'structure', { certificate: { view: VIEW, votes: [] } }],
    ['a stranger', 'stranger', { certificate: certificate([0, 1, 2, 5]) }],
    ['one who signs twice', 'repeated', { certificate: certificate([0, 1, 1]) }],
    [
      'a prevote among the precommits',
      'signature',
      {
        certificate: { view: VIEW, votes: [signature(0), signature(1), signature(2, { phase: 'prevote' })] },
      },
    ],
    [
      'a vote of another view',
      'signature',
      { certificate: { view: VIEW, votes: [signature(0), signature(1), signature(2, { view: VIEW + 1 })] } },
    ],
    [
      'a signature of somebody else',
      'signature',
      {
        certificate: {
          view: VIEW,
          votes: [signature(0), signature(1), { ...signature(3), validator: 'node-2' }],
        },
      },
    ],
    ['another height', 'signature', { header: { ...header, height: 4 } }],
    ['another block', 'signature', { hash: 'cc'.repeat(32) }],
    ['another chain', 'signature', { genesisHash: 'cc'.repeat(32) }],
    ['a view before the block', 'view', { header: { ...header, fallback_index: 3 } }],
    ['no certificate at all', 'structure', { certificate: undefined }],
    ['something more in it', 'structure', { certificate: { ...certificate([0, 1, 2]), more: 1 } }],
  ])('is refused with %s', (_name, fault, over) => {
    expect(faultOf(judge(over))).toBe(fault);
  });

  it('is made of prevotes where a proposal has to prove something', () => {
    const votes = [0, 1, 2].map((index) => signature(index, { phase: 'prevote' }));
    expect(judge({ certificate: { view: VIEW, votes }, phase: 'prevote' }).valid).toBe(true);
    expect(faultOf(judge({ phase: 'prevote' }))).toBe('signature');
  });

  it('says so in words', () => {
    const verdict = judge({ certificate: certificate([0, 1]) });
    expect(verdict.valid ? '' : verdict.detail).toBe('2 of 4 validators, more than two thirds are needed');
  });
});
