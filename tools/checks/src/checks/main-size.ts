import type { Check } from '../check.ts';
import { serviceRoots } from '../support/paths.ts';

const longest = 25;

export const mainSize: Check = {
  name: 'main-size',
  rule: `src/main.ts of a service loads and runs: at most ${longest} lines`,
  run: (workspace) =>
    serviceRoots(workspace).flatMap((root) => {
      const file = `${root}/src/main.ts`;
      const lines = workspace.read(file).trimEnd().split('\n').length;
      return lines > longest
        ? [{ file, line: longest + 1, reason: `${lines} lines, at most ${longest}` }]
        : [];
    }),
};
