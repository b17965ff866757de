import type { Check, Finding } from '../check.ts';
import { serviceRoots, speaksOtherProtocol } from '../support/paths.ts';
import type { Workspace } from '../workspace.ts';

/** What every service has, and the name its file must export for the generated docs and `runService`. */
const mould: ReadonlyArray<{ file: string; exports?: readonly string[]; httpOnly?: boolean }> = [
  { file: 'README.md' },
  { file: 'package.json' },
  { file: 'src/main.ts' },
  { file: 'src/app.ts', exports: ['buildApp'], httpOnly: true },
  { file: 'src/config.ts', exports: ['config'] },
  { file: 'src/routes.ts', exports: ['routes'], httpOnly: true },
  { file: 'src/errors.ts', exports: ['errors'] },
  { file: 'src/metrics.ts', exports: ['metrics'], httpOnly: true },
  { file: 'src/health.ts', exports: ['addHealthChecks'], httpOnly: true },
];

/** What a service's README answers, each as a heading or a bold lead-in. The purpose is its first paragraph. */
const readmeParts: ReadonlyArray<{ part: string; pattern: RegExp; httpOnly?: boolean }> = [
  { part: 'Port', pattern: /Ports?/ },
  { part: 'Config', pattern: /Config(uration)?/ },
  { part: 'Metrics', pattern: /Metrics/, httpOnly: true },
  { part: 'Errors', pattern: /Errors/, httpOnly: true },
  { part: 'When it dies', pattern: /When it dies/ },
];

export const mouldComplete: Check = {
  name: 'mould-complete',
  rule: 'every service has the same files, with the same exports, and a README that answers the same questions',
  run: (workspace) => serviceRoots(workspace).flatMap((root) => checkService(workspace, root)),
};

function checkService(workspace: Workspace, root: string): Finding[] {
  const has = new Set(workspace.files);
  const applies = mould.filter(({ httpOnly }) => !(httpOnly && speaksOtherProtocol(root)));
  const files = applies.flatMap(({ file, exports = [] }) => {
    const path = `${root}/${file}`;
    if (!has.has(path)) return [{ file: path, line: 1, reason: 'missing: every service has it' }];
    const text = workspace.read(path);
    return exports
      .filter((name) => !new RegExp(`^export (const|function|async function) ${name}\\b`, 'm').test(text))
      .map((name) => ({ file: path, line: 1, reason: `does not export \`${name}\`` }));
  });
  return [...files, ...checkFolders(workspace, root), ...checkReadme(workspace, root)];
}

function checkFolders(workspace: Workspace, root: string): Finding[] {
  const below = (folder: string): boolean =>
    workspace.files.some((file) => file.startsWith(`${root}/${folder}`));
  return ['src/domain/', 'src/adapters/', 'test/']
    .filter((folder) => !below(folder))
    .map((folder) => ({
      file: `${root}/${folder}`,
      line: 1,
      reason: 'empty or missing: every service has it',
    }));
}

function checkReadme(workspace: Workspace, root: string): Finding[] {
  const file = `${root}/README.md`;
  if (!workspace.files.includes(file)) return [];
  const text = workspace.read(file);
  const missing = readmeParts
    .filter(({ httpOnly }) => !(httpOnly && speaksOtherProtocol(root)))
    .filter(
      ({ pattern }) =>
        !new RegExp(`^#{2,3} +${pattern.source}\\b|\\*\\*${pattern.source}:?\\*\\*`, 'm').test(text),
    )
    .map(({ part }) => `says nothing about **${part}**`);
  const purpose = /^# .+\n+[^\s#|*<]/.test(text)
    ? []
    : ['does not open with a title and a sentence on its purpose'];
  return [...purpose, ...missing].map((reason) => ({ file, line: 1, reason }));
}
