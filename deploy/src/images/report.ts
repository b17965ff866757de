/** The tables the command prints. */
import Table from 'cli-table3';
import type { BuiltImage } from './build-image.ts';
import type { PlannedImage } from './dry-run.ts';

export function builtTable(images: readonly BuiltImage[]): string {
  const rows = images.map(({ reference, image, base, outcome, elapsedMs }) => [
    reference,
    megabytes(image.sizeBytes),
    megabytes(image.sizeBytes - base.sizeBytes),
    `${(elapsedMs / 1_000).toFixed(1)} s`,
    outcome,
  ]);
  return plainTable(['IMAGE', 'SIZE', 'OWN LAYER', 'TIME', ''], rows);
}

export function plannedTable(images: readonly PlannedImage[]): string {
  const rows = images.map(({ reference, base, layerBytes, action }) => [
    reference,
    base ?? 'pulled or made first',
    megabytes(layerBytes),
    action === 'build' ? 'would be built' : 'is there',
  ]);
  return plainTable(['IMAGE', 'BASE', 'OWN LAYER', ''], rows, 2);
}

/** Decimal, as Docker counts. */
function megabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** Columns and nothing else, which also reads well in a log. @param numbersFrom first column that is aligned to the right */
function plainTable(head: string[], rows: string[][], numbersFrom = 1): string {
  const none = { top: '', 'top-mid': '', 'top-left': '', 'top-right': '', bottom: '', 'bottom-mid': '' };
  const more = { 'bottom-left': '', 'bottom-right': '', left: '', 'left-mid': '', mid: '', 'mid-mid': '' };
  const table = new Table({
    head,
    chars: { ...none, ...more, right: '', 'right-mid': '', middle: '  ' },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
    colAligns: head.map((title, at) => (at >= numbersFrom && title !== '' ? 'right' : 'left')),
  });
  table.push(...rows);
  return table.toString();
}
