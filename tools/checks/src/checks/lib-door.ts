import type { Check, Finding } from '../check.ts';
import type { Workspace } from '../workspace.ts';

export const libDoor: Check = {
  name: 'lib-door',
  rule: 'a library has one door, src/index.ts, and a README that says why it exists',
  run: (workspace) => {
    const begun = workspace.files.flatMap((file) => /^(libs\/[^/]+)\/src\//.exec(file)?.[1] ?? []);
    return [...new Set(begun)].flatMap((root) => checkLib(workspace, root));
  },
};

function checkLib(workspace: Workspace, root: string): Finding[] {
  const missing = ['README.md', 'package.json', 'src/index.ts']
    .map((file) => `${root}/${file}`)
    .filter((file) => !workspace.files.includes(file))
    .map((file) => ({ file, line: 1, reason: 'missing: every library has it' }));
  const manifest = `${root}/package.json`;
  if (!workspace.files.includes(manifest)) return missing;
  const door = (JSON.parse(workspace.read(manifest)) as { exports?: string | Record<string, string> })
    .exports;
  const opens = door === './src/index.ts' || (typeof door === 'object' && door['.'] === './src/index.ts');
  return opens
    ? missing
    : [...missing, { file: manifest, line: 1, reason: 'exports something else than src/index.ts' }];
}
