import type { Check, Finding } from '../check.ts';
import { sourceFiles } from '../support/paths.ts';
import { dottedName, importsOf, lineAt, parse, walk } from '../support/source.ts';

/**
 * Where the environment may be read: the configuration library, launchers that hand an environment to children (the
 * engines, and what tests start processes with), and tools, which are started by people.
 */
const allowed = [
  /^libs\/(config|testing)\/src\//,
  /^deploy\/src\/engines\//,
  /^deploy\/src\/cli(\/|\.|-)/,
  /^tools\//,
];

export const processEnv: Check = {
  name: 'process-env',
  rule: 'the environment is read by libs/config alone (and by launchers and tools)',
  run: (workspace) =>
    sourceFiles(workspace)
      .filter((file) => !allowed.some((pattern) => pattern.test(file)))
      .flatMap((file) => readsOf(file, workspace.read(file))),
};

function readsOf(file: string, text: string): Finding[] {
  const found: Finding[] = importsOf(text)
    .filter(({ specifier, names }) => /^(node:)?process$/.test(specifier) && names.includes('env'))
    .map(({ line }) => ({
      file,
      line,
      reason: 'imports `env`: take a value from the configuration instead',
    }));
  walk(parse(text), (node) => {
    const name = node.type === 'MemberExpression' ? dottedName(node) : undefined;
    if (name !== 'process.env' && name !== 'globalThis.process.env') return;
    found.push({
      file,
      line: lineAt(text, node.start),
      reason: 'reads `process.env`: add a variable to src/config.ts',
    });
  });
  return found;
}
