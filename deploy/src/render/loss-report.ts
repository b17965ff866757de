import type { Loss } from './renderer.ts';

/** The losses as JSON, in a stable order. */
export function lossReport(losses: readonly Loss[]): string {
  return `${JSON.stringify(sorted(losses), null, 2)}\n`;
}

/** Losses of all targets as a table: one row per field and reason, with the services it concerns. */
export function lossTable(byTarget: ReadonlyMap<string, readonly Loss[]>): string {
  const rows = [...byTarget].flatMap(([target, losses]) => {
    const groups = Map.groupBy(losses, ({ field, why, substitute }) =>
      JSON.stringify([field, why, substitute]),
    );
    return [...groups.values()].map((group) => row(target, group));
  });
  return ['| target | field | of | why | instead |', '| --- | --- | --- | --- | --- |', ...rows].join('\n');
}

const MOST_NAMES = 3;

function row(target: string, group: readonly Loss[]): string {
  const [first] = group;
  const names = [...new Set(group.map(({ service }) => service))].sort();
  const shown =
    names.length > MOST_NAMES
      ? `${names.slice(0, MOST_NAMES).join(', ')} and ${names.length - MOST_NAMES} more`
      : names.join(', ');
  const of = shown === '*' ? 'everything' : shown;
  return `| ${target} | \`${first?.field}\` | ${of} | ${first?.why} | ${first?.substitute} |`;
}

function sorted(losses: readonly Loss[]): Loss[] {
  const key = ({ field, service, why }: Loss) => `${field}\u0000${service}\u0000${why}`;
  return losses.toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
}
