import type { Declared, MetricEntry } from './collect.ts';
import { code, page, table } from './markdown.ts';

const introduction = [
  'Every service answers `GET /metrics` in Prometheus’ text format; when `METRICS_TOKEN` is set it demands it as bearer',
  'token. Label `route` is the template of the route, never the path that was asked for.',
].join('\n');

/** docs/metrics.md */
export function metricsPage(declared: ReadonlyArray<Declared<MetricEntry>>): string {
  const sections = declared
    .filter(({ entries }) => entries.length > 0)
    .map(({ title, entries }) => [title, metricTable(entries)] as const);
  return page('Metrics', introduction, sections);
}

function metricTable(entries: readonly MetricEntry[]): string {
  const rows = entries.map(({ name, kind, labels, help }) => [
    code(name),
    kind,
    labels.map(code).join(', ') || '–',
    help,
  ]);
  return table(['metric', 'kind', 'labels', 'meaning'], rows);
}
