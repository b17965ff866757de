import { type Declared, perService, type VariableEntry } from './collect.ts';
import { code, page, table } from './markdown.ts';

const introduction = [
  'Environment variables, read once at start. A missing or bad one ends the start with a line that names all of them and',
  'never a value. A secret `X` may come as `X_FILE`, the path of a file that holds it.',
].join('\n');

/** docs/config.md: what services share is said once, then what each adds or says differently. */
export function configPage(
  shared: ReadonlyArray<Declared<VariableEntry>>,
  services: ReadonlyArray<Declared<VariableEntry>>,
): string {
  const groups = shared.map(({ title, entries }) => [title, variableTable(entries)] as const);
  const own = services.map(({ title, entries }) => [title, ownSection(entries, shared)] as const);
  return page('Configuration', introduction, [...groups, ...own]);
}

function ownSection(
  entries: readonly VariableEntry[],
  shared: ReadonlyArray<Declared<VariableEntry>>,
): string {
  const taken = shared.filter((group) => group.entries.some((it) => entries.some((own) => isSame(own, it))));
  const own = entries.filter(
    (entry) => !shared.some((group) => group.entries.some((it) => isSame(entry, it))),
  );
  const port = entries.find(({ name }) => name === 'PORT')?.defaultText;
  const links = taken.map(
    ({ title }) =>
      `[${title.charAt(0).toLowerCase()}${title.slice(1)}](#${title.toLowerCase().replaceAll(' ', '-')})`,
  );
  const lines = [
    ...(port === undefined ? [] : [`Listens on port ${port}.`]),
    ...(links.length === 0 ? [] : [`Takes the variables of ${links.join(', ')}.`]),
  ];
  return [lines.join(' '), ...(own.length === 0 ? [] : [variableTable(own)])].filter(Boolean).join('\n\n');
}

/** The same meaning, and the same default unless each service has its own. */
function isSame(own: VariableEntry, shared: VariableEntry): boolean {
  const sameDefault = shared.defaultText === perService || own.defaultText === shared.defaultText;
  return own.name === shared.name && own.doc === shared.doc && sameDefault;
}

function variableTable(entries: readonly VariableEntry[]): string {
  const rows = entries.map((entry) => [code(entry.name), entry.type, defaultOf(entry), entry.doc]);
  return table(['variable', 'type', 'default', 'meaning'], rows);
}

function defaultOf({ required, defaultText }: VariableEntry): string {
  if (required) return '**required**';
  if (defaultText === perService) return defaultText;
  return defaultText === undefined || defaultText === '' ? '–' : code(defaultText);
}
