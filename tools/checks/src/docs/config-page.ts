import type { Declared, VariableEntry } from './collect.ts';
import { code, page, table } from './markdown.ts';

const introduction = [
  'Environment variables, read once at start. A missing or bad one ends the start with a line that names all of them and',
  'never a value. A secret `X` may come as `X_FILE`, the path of a file that holds it.',
].join('\n');

/** docs/config.md: what all services share is said once, then what each adds. */
export function configPage(services: ReadonlyArray<Declared<VariableEntry>>): string {
  const shared = sharedVariables(services);
  const names = new Set(shared.map(({ name }) => name));
  const own = services.map(({ title, entries }) => [title, ownSection(entries, names)] as const);
  const common = shared.length === 0 ? [] : [['Every service', variableTable(shared)] as const];
  return page('Configuration', introduction, [...common, ...own]);
}

/** Variables all services have with the same meaning. A default that differs is described instead of shown. */
function sharedVariables(services: ReadonlyArray<Declared<VariableEntry>>): VariableEntry[] {
  const [first, ...others] = services;
  if (first === undefined || others.length === 0) return [];
  return first.entries.flatMap((entry) => {
    const same = others.map(({ entries }) =>
      entries.find(({ name, doc }) => name === entry.name && doc === entry.doc),
    );
    if (same.some((it) => it === undefined)) return [];
    const { defaultText: _dropped, ...rest } = entry;
    return [
      same.every((it) => it?.defaultText === entry.defaultText)
        ? entry
        : { ...rest, defaultText: 'per service' },
    ];
  });
}

function ownSection(entries: readonly VariableEntry[], shared: ReadonlySet<string>): string {
  const port = entries.find(({ name }) => name === 'PORT')?.defaultText;
  const own = entries.filter(({ name }) => !shared.has(name));
  const listens = port === undefined ? [] : [`Listens on port ${port}.`];
  return [...listens, own.length === 0 ? 'Nothing of its own.' : variableTable(own)].join('\n\n');
}

function variableTable(entries: readonly VariableEntry[]): string {
  const rows = entries.map((entry) => [code(entry.name), entry.type, defaultOf(entry), entry.doc]);
  return table(['variable', 'type', 'default', 'meaning'], rows);
}

function defaultOf({ required, defaultText }: VariableEntry): string {
  if (required) return '**required**';
  if (defaultText === 'per service') return defaultText;
  return defaultText === undefined || defaultText === '' ? '–' : code(defaultText);
}
