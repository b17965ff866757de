import { describe, expect, it } from 'vitest';
import { lookAgainMs } from '../src/domain/look-again.ts';
import { initialStages, withStage } from '../src/domain/stages.ts';

describe('looking again', () => {
  const stages = withStage(initialStages(), 'storage', { status: 'active', started_at_ms: 1_000_000 });

  it('waits an eighth of what the stage has lasted, 100 ms at least and 2 s at most', () => {
    const after = (lastedMs: number) => lookAgainMs(stages, 'storage', 1_000_000 + lastedMs);
    expect([0, 800, 4000, 16_000, 3_600_000].map(after)).toEqual([100, 100, 500, 2000, 2000]);
  });

  it('is soon when the stage has just begun', () => {
    expect(lookAgainMs(stages, 'anchoring', 1_000_000)).toBe(100);
  });
});
