export { Registry } from 'prom-client';
export { baseMetrics } from './base-metrics.ts';
export * from './define-metrics.ts';
export { collectProcessMetrics } from './process-metrics.ts';
