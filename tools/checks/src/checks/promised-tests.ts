import type { Check, Finding } from '../check.ts';
import type { Workspace } from '../workspace.ts';

const page = 'docs/design/promises.md';
const header = /^\| *promise *\| *tests *\|$/;
/** A file of tests in backticks, or the words of a test in quotes; `…` stands for words that are left out. */
const named = /`([^`]+\.test\.ts)`|"([^"]+)"/g;

export const promisedTests: Check = {
  name: 'promised-tests',
  rule: `every promise of ${page} names tests, and each of them is in the file that was named before it`,
  run: (workspace) => {
    if (!workspace.files.includes(page)) return [finding(1, 'missing')];
    const rows = rowsOf(workspace.read(page));
    if (rows.length === 0) return [finding(1, 'no table of `promise` and `tests`')];
    return rows.flatMap(({ tests, line }) =>
      problems(workspace, tests).map((reason) => finding(line, reason)),
    );
  },
};

interface Row {
  readonly tests: string;
  readonly line: number;
}

/** The rows of the tables with that header; other tables say something else. */
function rowsOf(text: string): Row[] {
  let isPromises = false;
  return text.split('\n').flatMap((content, index) => {
    if (!content.startsWith('|')) isPromises = false;
    if (header.test(content)) isPromises = true;
    else if (isPromises && !/^\|[-: |]+\|$/.test(content))
      return [{ tests: content.split('|').slice(2).join('|'), line: index + 1 }];
    return [];
  });
}

function problems(workspace: Workspace, tests: string): string[] {
  const found: string[] = [];
  let text: string | undefined;
  let file = '';
  let files = 0;
  for (const [, path, words] of tests.matchAll(named)) {
    if (path !== undefined) {
      const [only, ...others] = workspace.files.filter((it) => it === path || it.endsWith(`/${path}`));
      [file, files, text] = [path, files + 1, undefined];
      if (only === undefined) found.push(`there is no \`${path}\``);
      else if (others.length > 0) found.push(`\`${path}\` may be ${[only, ...others].join(' or ')}`);
      else text = workspace.read(only);
    } else if (words !== undefined) {
      if (files === 0) found.push(`"${words}" is in no file`);
      else if (text !== undefined && !isIn(text, words)) found.push(`"${words}" is not in \`${file}\``);
    }
  }
  return files === 0 ? [...found, 'names no file of tests'] : found;
}

const isIn = (text: string, words: string): boolean =>
  words.split('…').every((part) => text.includes(part.trim()));

const finding = (line: number, reason: string): Finding => ({ file: page, line, reason });
