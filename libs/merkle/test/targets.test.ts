import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { buildTree, MAX_LEAVES } from '../src/index.ts';

/** CPU time, which busy neighbours hardly stretch. */
function cpuMs(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

it('builds a tree over 10,000 leaves in less than half a second', () => {
  const items = randomBytes(10_000 * 32);
  buildTree(items);
  expect(cpuMs(() => buildTree(items))).toBeLessThan(500);
});

it('builds the largest tree in less than five seconds, and takes 64 bytes a leaf for it', () => {
  const items = randomBytes(MAX_LEAVES * 32);
  let held = 0;
  expect(
    cpuMs(() => {
      const { levels, height } = buildTree(items);
      held = levels.reduce((sum, level) => sum + level.length, 0);
      expect(height).toBe(20);
    }),
  ).toBeLessThan(5000);
  expect(held).toBe((2 * MAX_LEAVES - 1) * 32);
});
