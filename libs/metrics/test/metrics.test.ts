import { describe, expect, it } from 'vitest';
import { baseMetrics, counter, defineMetrics, Registry } from '../src/index.ts';

describe('metrics', () => {
  it('registers instruments per registry and prints them', async () => {
    const metrics = defineMetrics({ chunks_total: counter({ help: 'Chunks.', labels: ['status'] }) });
    const registry = new Registry();
    const { chunks_total } = metrics.register(registry);
    chunks_total.inc({ status: 'stored' }, 3);
    expect(await registry.metrics()).toContain('chunks_total{status="stored"} 3');
    expect(() => metrics.register(new Registry())).not.toThrow();
  });

  it('ends every name of the common set in its unit or a plain noun', () => {
    expect(Object.keys(baseMetrics.definitions)).toContain('http_request_duration_seconds');
  });
});
