import { systemClock } from '@lucid/clock';
import { describe, expect, it } from 'vitest';
import { Lifecycle, type LifecycleState } from '../src/index.ts';

function aLifecycle() {
  const states: LifecycleState[] = [];
  const failures: string[] = [];
  const lifecycle = new Lifecycle({
    clock: systemClock,
    stepDeadlineMs: 20,
    drainDelayMs: 1,
    onState: (state) => states.push(state),
    onStepFailed: (name) => failures.push(name),
  });
  return { lifecycle, states, failures };
}

describe('the lifecycle', () => {
  it('drains before it closes and closes in reverse order', async () => {
    const { lifecycle, states } = aLifecycle();
    const closed: string[] = [];
    for (const name of ['store', 'client', 'server']) lifecycle.onStop(name, () => void closed.push(name));
    lifecycle.started();
    await lifecycle.stop();
    expect(states).toEqual(['running', 'draining', 'stopping', 'stopped']);
    expect(closed).toEqual(['server', 'client', 'store']);
  });

  it('reports a failed and a late step and still closes the others', async () => {
    const { lifecycle, failures } = aLifecycle();
    const closed: string[] = [];
    lifecycle.onStop('store', () => void closed.push('store'));
    lifecycle.onStop('late', () => new Promise(() => undefined));
    lifecycle.onStop('broken', () => Promise.reject(new Error('x')));
    await lifecycle.stop();
    expect(failures).toEqual(['broken', 'late']);
    expect(closed).toEqual(['store']);
  });

  it('waits for background workers, which end by the signal, and stops only once', async () => {
    const { lifecycle, states } = aLifecycle();
    let ended = false;
    lifecycle.background('loop', async (signal) => {
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      ended = true;
    });
    await Promise.all([lifecycle.stop(), lifecycle.stop()]);
    expect(ended).toBe(true);
    expect(states).toEqual(['stopping', 'stopped']);
  });
});
