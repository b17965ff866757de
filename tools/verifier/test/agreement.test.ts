import { readFileSync } from 'node:fs';
import { verifyBundle } from '@lucid/proof';
import { aProofBundle } from '@lucid/proof/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Judgement, judge } from '../bin/lucid-verify.mjs';
import { applyChanges } from '../src/changes.ts';
import { makeVectors, type Vector, type Vectors } from '../src/make-vectors.ts';

const published: Vectors = JSON.parse(readFileSync(new URL('../vectors.json', import.meta.url), 'utf8'));

const bytesOf = (value: unknown) => Buffer.from(JSON.stringify(value));

function fileOf({ bundle, changes, text_base64 }: Vector): Buffer {
  if (text_base64 !== undefined) return Buffer.from(text_base64, 'base64');
  return bytesOf(applyChanges(published.bundles[bundle], changes ?? []));
}

function judgedAlone(vector: Vector): Judgement {
  return judge(fileOf(vector), {
    ...(vector.files && { files: vector.files }),
    ...(vector.genesis_hash !== undefined && { genesisHash: vector.genesis_hash }),
    ...(vector.manifest_keys && { manifestKeys: vector.manifest_keys }),
  });
}

describe('the published vectors', () => {
  it('are those that the fixtures make', async () => {
    expect(published).toEqual(JSON.parse(JSON.stringify(await makeVectors())));
  });

  it('hold true and false proofs, and one at least for every step that can refuse', () => {
    expect(published.vectors.filter(({ expected }) => expected.ok).length).toBeGreaterThanOrEqual(8);
    const { steps } = judge(bytesOf(aProofBundle().bundle));
    const refusing = new Set(published.vectors.map(({ expected }) => expected.failed_step));
    expect(steps.map(({ step }) => step).filter((step) => !refusing.has(step))).toEqual([]);
  });

  it.each(published.vectors.map((vector) => [vector.name, vector] as const))('%s', (_name, vector) => {
    const { ok, complete, failed_step } = judgedAlone(vector);
    expect({ ok, complete, failed_step }).toEqual(vector.expected);
  });
});

describe('the two programs', () => {
  const { bundle, genesisHash } = aProofBundle();

  /** Paths of everything in a value, itself included. */
  function pathsOf(value: unknown, at: (string | number)[] = []): (string | number)[][] {
    if (typeof value !== 'object' || value === null) return [at];
    return [
      at,
      ...Object.entries(value).flatMap(([name, member]) =>
        pathsOf(member, [...at, Array.isArray(value) ? Number(name) : name]),
      ),
    ];
  }
  const paths = pathsOf(bundle).slice(1);

  it('agree about any one value taken out or replaced, step by step', async () => {
    const anything = fc.oneof(
      fc.constantFrom(
        null,
        true,
        '',
        '0',
        0,
        -1,
        1.5,
        1e300,
        [],
        {},
        '0'.repeat(64),
        'ab'.repeat(64),
        '\ud800',
      ),
      fc
        .constantFrom(...paths)
        .map((path) =>
          path.reduce<unknown>((value, step) => (value as Record<string, unknown>)[step], bundle),
        ),
    );
    const change = fc.record(
      { path: fc.constantFrom(...paths), value: anything },
      { requiredKeys: ['path'] },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 2 }), async (changes) => {
        let file: Buffer;
        try {
          file = bytesOf(applyChanges(bundle, changes));
        } catch (error) {
          if (error instanceof TypeError) return; // the first change took away where the second one leads
          throw error;
        }
        const alone = judge(file, { genesisHash });
        const library = await verifyBundle(file, { pinnedGenesisHash: genesisHash });
        expect(alone.steps.map(({ step, status }) => [step, status])).toEqual(
          library.steps.map(({ step, status }) => [step, status]),
        );
        expect(alone.exit_code).toBe(library.exit_code);
      }),
      { numRuns: 600 },
    );
  });
});
