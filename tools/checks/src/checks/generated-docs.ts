import type { Check } from '../check.ts';
import { apiFolder, renderDocs } from '../docs/render.ts';

export const generatedDocs: Check = {
  name: 'generated-docs',
  rule: 'docs/errors.md, config.md, metrics.md, design/targets.md and docs/api/ are what the code says (node tools/checks/src/generate-docs.ts)',
  run: async (workspace) => {
    const pages = await renderDocs(workspace);
    const drifted = [...pages].flatMap(([file, text]) => {
      if (!workspace.files.includes(file)) return [{ file, line: 1, reason: 'missing: generate the docs' }];
      const written = workspace.read(file);
      return written === text
        ? []
        : [
            {
              file,
              line: firstDifference(written, text),
              reason: 'differs from the code: generate the docs',
            },
          ];
    });
    const stale = workspace.files
      .filter((file) => file.startsWith(`${apiFolder}/`) && !pages.has(file))
      .map((file) => ({ file, line: 1, reason: 'no contract makes this file: generate the docs' }));
    return [...drifted, ...stale];
  },
};

function firstDifference(one: string, other: string): number {
  const lines = other.split('\n');
  const index = one.split('\n').findIndex((line, at) => line !== lines[at]);
  return index === -1 ? 1 : index + 1;
}
