import type { Check } from '../check.ts';
import { sourceFiles } from '../support/paths.ts';

const longest = 300;

export const fileSize: Check = {
  name: 'file-size',
  rule: `a source file has one reason to change: at most ${longest} lines`,
  run: (workspace) =>
    sourceFiles(workspace).flatMap((file) => {
      const lines = workspace.read(file).trimEnd().split('\n').length;
      return lines > longest
        ? [{ file, line: longest + 1, reason: `${lines} lines, at most ${longest}` }]
        : [];
    }),
};
