/** Values of a Prometheus page by series, `name` or `name{label="x"}`. */
export function seriesOf(page: string): ReadonlyMap<string, number> {
  const lines = page.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(lines.map((line) => [seriesIn(line), Number(line.slice(line.lastIndexOf(' ') + 1))]));
}

const seriesIn = (line: string): string => line.slice(0, line.lastIndexOf(' '));

/** The sum over all series of one name, whatever their labels. @throws Error when there is none: unknown is not 0 */
export function total(series: ReadonlyMap<string, number>, name: string): number {
  const values = [...series].filter(([key]) => key === name || key.startsWith(`${name}{`));
  if (values.length === 0) throw new Error(`there is no metric ${name}`);
  return values.reduce((sum, [, value]) => sum + value, 0);
}

export const metricsAt = async (url: string): Promise<ReadonlyMap<string, number>> =>
  seriesOf(await metricsPage(url));

async function metricsPage(url: string): Promise<string> {
  const answer = await fetch(`${url}/metrics`);
  if (!answer.ok) throw new Error(`${url}/metrics answers ${answer.status}`);
  return await answer.text();
}

/** What a counter with labels has counted so far. It has no series before it first counts: then it is known, and 0. */
export async function countedAt(url: string, name: string): Promise<number> {
  return countedIn(await metricsPage(url), name);
}

/** @throws Error when the page does not know the counter: unknown is not 0 */
export function countedIn(page: string, name: string): number {
  if (!page.includes(`\n# TYPE ${name} counter\n`)) throw new Error(`there is no counter ${name}`);
  const series = [...seriesOf(page)].filter(([key]) => key === name || key.startsWith(`${name}{`));
  return series.reduce((sum, [, value]) => sum + value, 0);
}
