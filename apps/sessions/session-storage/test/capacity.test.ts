import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CapacityMeter } from '../src/adapters/capacity.ts';
import { capacityLevel, criticalBytes, hasRoom } from '../src/domain/capacity-level.ts';

const GIB = 1024 ** 3;
const MARKS = { maxBytes: 1000 * GIB, warnPercent: 90, criticalPercent: 95 };

describe('the capacity of 1000 GiB', () => {
  it('warns from 900 on and is critical from 950 on', () => {
    expect([899.9, 900, 949.9, 950, 1000].map((used) => capacityLevel(used * GIB, MARKS))).toEqual([
      'ok',
      'warning',
      'warning',
      'critical',
      'critical',
    ]);
  });

  it('is never passed by writes that were let in, in whatever order they come and go', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 200 }), { maxLength: 50 });
    fc.assert(
      fc.property(sizes, fc.integer({ min: 0, max: 95 }), (writes, percentUsed) => {
        const marks = { maxBytes: 1000, warnPercent: 90, criticalPercent: 95 };
        let usedBytes = percentUsed * 10;
        let reservedBytes = 0;
        const room = { freeDiskBytes: 10_000, minFreeDiskBytes: 0 };
        for (const [index, size] of writes.entries()) {
          if (!hasRoom(size, { ...room, usedBytes, reservedBytes }, marks)) continue;
          if (index % 2 === 0) reservedBytes += size;
          else usedBytes += size;
          expect(usedBytes + reservedBytes).toBeLessThanOrEqual(criticalBytes(marks));
        }
      }),
    );
  });

  it('keeps the last of the disk free', () => {
    const room = { usedBytes: 0, reservedBytes: 50, freeDiskBytes: 200, minFreeDiskBytes: 100 };
    expect([49, 50, 51].map((size) => hasRoom(size, room, MARKS))).toEqual([true, true, false]);
  });

  it('counts writes that are coming in until they are given back', async () => {
    const limits = { folder: '/', maxBytes: 1000, warnPercent: 90, criticalPercent: 95, minFreeBytes: 0 };
    const meter = new CapacityMeter(limits);
    const giveBack = await meter.reserve(900);
    await expect(meter.reserve(51)).rejects.toMatchObject({ status: 507, code: 7205 });
    await meter.reserve(50);
    giveBack();
    await expect(meter.reserve(900)).resolves.toBeTypeOf('function');
  });
});
