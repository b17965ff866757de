import { afterEach, expect, it, vi } from 'vitest';
import { interruptions } from '../src/cli/interruptions.ts';

const interruption = interruptions();
afterEach(() => {
  interruption.ignore();
  vi.restoreAllMocks();
});

it('one Ctrl-C that arrives twice stops in order, another one later stops at once', () => {
  const now = vi.spyOn(performance, 'now').mockReturnValue(10_000);
  process.emit('SIGHUP');
  now.mockReturnValue(10_900);
  process.emit('SIGHUP');
  expect([interruption.stop.signal.aborted, interruption.force.signal.aborted]).toEqual([true, false]);
  now.mockReturnValue(12_000);
  process.emit('SIGHUP');
  expect(interruption.force.signal.aborted).toBe(true);
  const before = process.listenerCount('SIGHUP');
  interruption.ignore();
  expect(process.listenerCount('SIGHUP')).toBe(before - 1);
});
