import { collectDefaultMetrics, type Registry } from 'prom-client';

/** Adds what Prometheus expects of every process: CPU seconds, resident memory, open files, event loop and heap. */
export function collectProcessMetrics(registry: Registry): void {
  collectDefaultMetrics({ register: registry });
}
