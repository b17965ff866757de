import type { Check, Finding } from '../check.ts';

const page = 'docs/dependencies.md';

/** A row of the page's tables: package name in backticks, then the reason. */
const row = /^\| *`([^`]+)` *\| *([^|]*?) *\|/;

export const dependenciesDocumented: Check = {
  name: 'dependencies-documented',
  rule: `every dependency of the root package.json has a row with its reason in ${page}, and no row is stale`,
  run: (workspace) => {
    const manifest = JSON.parse(workspace.read('package.json')) as Record<
      string,
      Record<string, string> | undefined
    >;
    const used = Object.keys({
      ...manifest.dependencies,
      ...manifest.devDependencies,
      ...manifest.optionalDependencies,
    });
    if (!workspace.files.includes(page)) return [{ file: page, line: 1, reason: 'missing' }];
    const rows = documented(workspace.read(page));
    const names = rows.map(({ name }) => name);
    return [
      ...used
        .filter((name) => !names.includes(name))
        .map((name) => finding(1, `\`${name}\` has no row with its reason`)),
      ...rows
        .filter(({ name }) => !used.includes(name))
        .map(({ name, line }) => finding(line, `\`${name}\` is not a dependency`)),
      ...rows
        .filter(({ why }) => why.length < 10)
        .map(({ name, line }) => finding(line, `\`${name}\` has no reason`)),
      ...rows
        .filter(({ name }, index) => names.indexOf(name) !== index)
        .map(({ name, line }) => finding(line, `\`${name}\` has two rows`)),
    ];
  },
};

function documented(text: string): Array<{ name: string; why: string; line: number }> {
  return text.split('\n').flatMap((content, index) => {
    const [, name, why] = row.exec(content) ?? [];
    return name === undefined || why === undefined ? [] : [{ name, why, line: index + 1 }];
  });
}

const finding = (line: number, reason: string): Finding => ({ file: page, line, reason });
