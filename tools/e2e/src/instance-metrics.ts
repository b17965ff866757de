import type { InstanceStatus } from '@lucid/deploy';

/**
 * What one instance says of itself: the sum over all series of a metric, or over those with a label (`status="stored"`); 0
 * where it has counted nothing yet.
 * @throws Error when it has no such metric, or does not answer
 */
export async function metricOf({ id, url }: InstanceStatus, name: string, label = ''): Promise<number> {
  const answer = await fetch(`${url}/metrics`);
  const page = await answer.text();
  if (!answer.ok) throw new Error(`the metrics of ${id}: ${answer.status} ${page.slice(0, 200)}`);
  const lines = page.split('\n');
  if (!lines.some((line) => line.startsWith(`# TYPE ${name.replace(/_(count|sum)$/, '')} `)))
    throw new Error(`${id} has no metric ${name}`);
  return lines
    .filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`))
    .filter((line) => line.includes(label))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}
