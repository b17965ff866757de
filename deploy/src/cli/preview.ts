import Table from 'cli-table3';
import type { Preview } from '../engines/preview.ts';
import { borderless } from './table.ts';
import type { Terminal } from './terminal.ts';

/** `up --dry-run`: the services and their number, images, networks and doors, and one line that counts. */
export function showPreview(preview: Preview, terminal: Terminal): void {
  terminal.document(preview);
  const table = new Table({
    ...borderless(),
    head: ['SERVICE', 'REPLICAS', 'IMAGE', 'NETWORKS', 'PUBLISHED'],
    colAligns: ['left', 'right', 'left', 'left', 'left'],
  });
  for (const { name, replicas, image, networks, published } of preview.services)
    table.push([name, replicas, image ?? 'process', networks.join(', ') || '–', published.join(', ') || '–']);
  terminal.line(table.toString());
  const { services, leftOut, engine, system } = preview;
  const instances = services.reduce((sum, { replicas }) => sum + replicas, 0);
  terminal.line(`\n${system} on ${engine}: ${services.length} services, ${instances} instances`);
  if (leftOut.length > 0) terminal.line(`left out, not written yet: ${leftOut.join(', ')}`);
  terminal.line('Nothing was started.');
}
