import Table from 'cli-table3';
import type { InstanceState, SystemStatus } from '../engines/engine.ts';
import { paint } from './terminal.ts';

const COLOURS: Readonly<Record<InstanceState, Parameters<typeof paint>[0]>> = {
  planned: 'gray',
  starting: 'yellow',
  ready: 'green',
  unready: 'yellow',
  backoff: 'red',
  stopping: 'yellow',
  stopped: 'gray',
  failed: 'red',
};

/** A table without borders also reads well in a log. */
export function borderless() {
  const none = { top: '', 'top-mid': '', 'top-left': '', 'top-right': '', bottom: '', 'bottom-mid': '' };
  const more = { 'bottom-left': '', 'bottom-right': '', left: '', 'left-mid': '', mid: '', 'mid-mid': '' };
  return {
    chars: { ...none, ...more, right: '', 'right-mid': '', middle: '  ' },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  };
}

/** The services as a table. */
export function statusTable(status: SystemStatus): string {
  const table = new Table({
    ...borderless(),
    head: ['SERVICE', 'INSTANCE', 'URL', 'PID', 'STATE', 'MEMORY', 'RESTARTS'],
    colAligns: ['left', 'right', 'left', 'right', 'left', 'right', 'right'],
  });
  for (const instance of status.instances) {
    table.push([
      instance.service,
      instance.replica,
      instance.url,
      instance.pid ?? '–',
      paint(COLOURS[instance.state], instance.state),
      mebibytes(instance.rssBytes),
      instance.restarts,
    ]);
  }
  return table.toString();
}

/** One line under the table: where it is, how much it takes. */
export function statusSummary(status: SystemStatus): string {
  const ready = status.instances.filter((instance) => instance.state === 'ready').length;
  const known = status.instances.flatMap((instance) =>
    instance.rssBytes === undefined ? [] : [instance.rssBytes],
  );
  const memory = known.length === 0 ? '' : `, ${mebibytes(known.reduce((sum, bytes) => sum + bytes, 0))}`;
  const door = status.publicUrl ? ` at ${paint('cyan', status.publicUrl)}` : '';
  return `${status.system} (${status.profile}) is ${status.phase}${door}: ${ready} of ${status.instances.length} ready${memory}`;
}

function mebibytes(bytes: number | undefined): string {
  return bytes === undefined ? '–' : `${Math.round(bytes / 2 ** 20)} MiB`;
}
