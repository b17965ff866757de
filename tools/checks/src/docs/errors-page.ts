import type { Declared, ErrorEntry } from './collect.ts';
import { code, page, table } from './markdown.ts';

const introduction = [
  'Every failure is answered with `{"error": {code, message, details?, request_id, timestamp, service, version}}`.',
  'Codes are unique in the whole system and go over the wire as `LUCID_ERR_<code>`. *Fault* says who has to act:',
  'the caller (`user`), this system (`system`), or a system behind it (`upstream`). *Retry* says whether the same request',
  'may succeed later.',
].join('\n');

/** docs/errors.md */
export function errorsPage(catalogues: ReadonlyArray<Declared<ErrorEntry>>): string {
  const sections = catalogues
    .filter(({ entries }) => entries.length > 0)
    .map(({ title, entries }) => [title, errorTable(entries)] as const);
  return page('Errors', introduction, sections);
}

function errorTable(entries: readonly ErrorEntry[]): string {
  const rows = [...entries]
    .sort((one, other) => one.code - other.code)
    .map((entry) => [
      String(entry.code),
      code(entry.key),
      String(entry.status),
      entry.fault,
      entry.retry ? 'yes' : 'no',
      entry.message,
      entry.when,
    ]);
  return table(['code', 'name', 'status', 'fault', 'retry', 'message', 'when'], rows);
}
