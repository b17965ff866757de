import { systemClock } from '@lucid/clock';
import { describe, expect, it } from 'vitest';
import { Health } from '../src/index.ts';

const failing = async () => {
  throw new Error('down');
};

describe('health', () => {
  it('is unknown and not ready before the first answer', () => {
    const health = new Health({ clock: systemClock });
    health.add({ name: 'store', check: async () => undefined });
    health.acceptsWork = true;
    expect(health.report()).toEqual({ status: 'unhealthy', dependencies: { store: 'unknown' } });
    expect(health.ready).toBe(false);
  });

  it('is degraded but ready when only a non-critical dependency fails', async () => {
    const health = new Health({ clock: systemClock });
    health.add({ name: 'store', check: async () => undefined });
    health.add({ name: 'cache', check: failing, critical: false });
    health.acceptsWork = true;
    await health.refresh();
    expect(health.report()).toEqual({
      status: 'degraded',
      dependencies: { store: 'healthy', cache: 'unhealthy' },
    });
    expect(health.ready).toBe(true);
  });

  it('is unhealthy when a critical dependency hangs past the timeout, and tells the change once', async () => {
    const changes: string[] = [];
    const health = new Health({
      clock: systemClock,
      timeoutMs: 10,
      onChange: (name, status) => changes.push(`${name} ${status}`),
    });
    health.add({ name: 'store', check: () => new Promise(() => undefined) });
    await health.refresh();
    await health.refresh();
    expect(health.report().status).toBe('unhealthy');
    expect(changes).toEqual(['store unhealthy']);
  });

  it('stops being ready while draining', async () => {
    const health = new Health({ clock: systemClock });
    health.acceptsWork = true;
    expect(health.ready).toBe(true);
    health.acceptsWork = false;
    expect(health.ready).toBe(false);
  });
});
