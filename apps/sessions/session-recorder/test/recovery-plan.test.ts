import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FoundFile, type KnownChunk, planRecovery } from '../src/domain/recovery-plan.ts';

const SIZE = 10;

/** Any state a crash can leave: a stored run, a registered run, sealed but unknown ones, and open ends. */
const crashed = fc.record({
  stored: fc.array(fc.boolean(), { maxLength: 6 }),
  registered: fc.integer({ min: 0, max: 4 }),
  unknown: fc.integer({ min: 0, max: 3 }),
  tailBytes: fc.integer({ min: 0, max: SIZE }),
  hasNextPart: fc.boolean(),
});

describe('recovery after a crash', () => {
  it('keeps, registers and continues everything that was acknowledged, and nothing twice', () => {
    fc.assert(
      fc.property(crashed, ({ stored, registered, unknown, tailBytes, hasNextPart }) => {
        const known: KnownChunk[] = [];
        const files: FoundFile[] = [];
        for (const isSwept of stored) {
          known.push({ sequence_number: known.length + 1, plain_size: SIZE, status: 'stored' });
          if (!isSwept) files.push({ sequence: known.length, kind: 'chunk', sizeBytes: SIZE });
        }
        for (let index = 0; index < registered; index++) {
          const status = index % 2 ? 'recorded' : 'processing';
          known.push({ sequence_number: known.length + 1, plain_size: SIZE, status });
          files.push({ sequence: known.length, kind: 'chunk', sizeBytes: SIZE });
        }
        for (let index = 1; index <= unknown; index++)
          files.push({ sequence: known.length + index, kind: 'chunk', sizeBytes: SIZE });
        const tail = known.length + unknown + 1;
        if (tailBytes > 0) files.push({ sequence: tail, kind: 'part', sizeBytes: tailBytes });
        if (tailBytes > 0 && hasNextPart) files.push({ sequence: tail + 1, kind: 'part', sizeBytes: 3 });

        const plan = planRecovery(known, files);
        expect(plan.tail).toEqual({ sequence: tail, offset: (tail - 1) * SIZE, sizeBytes: tailBytes });
        expect(plan.keep).toHaveLength(registered);
        expect(plan.register.map((file) => file.offset)).toEqual(
          Array.from({ length: unknown }, (_, index) => (known.length + index) * SIZE),
        );
        expect(plan.lost).toEqual([]);
        expect(plan.setAside).toEqual([]);
        const removed = plan.remove.map((file) => `${file.sequence}.${file.kind}`);
        const expected = stored.flatMap((isSwept, index) => (isSwept ? [] : [`${index + 1}.chunk`]));
        if (tailBytes > 0 && hasNextPart) expected.push(`${tail + 1}.part`);
        expect(removed.sort()).toEqual(expected.sort());
      }),
    );
  });

  it('reports records whose plaintext is gone', () => {
    const plan = planRecovery(
      [
        { sequence_number: 1, plain_size: SIZE, status: 'recorded' },
        { sequence_number: 2, plain_size: SIZE, status: 'stored' },
      ],
      [],
    );
    expect(plan.lost).toEqual([1]);
    expect(plan.tail).toEqual({ sequence: 3, offset: 20, sizeBytes: 0 });
  });

  it('never deletes a sealed file behind a gap', () => {
    const plan = planRecovery([], [{ sequence: 3, kind: 'chunk', sizeBytes: SIZE }]);
    expect(plan.setAside).toHaveLength(1);
    expect(plan.remove).toEqual([]);
  });
});
