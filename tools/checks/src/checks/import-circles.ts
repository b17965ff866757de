import type { Check, Finding } from '../check.ts';
import { type FileImport, fileImports, wayTo } from '../support/import-graph.ts';

export const importCircles: Check = {
  name: 'import-circles',
  rule: 'no file imports, over however many others of its project, itself: not even for a type',
  run: (workspace) => {
    const graph = fileImports(workspace);
    const tied = new Set<string>();
    const findings: Finding[] = [];
    for (const file of graph.keys()) {
      const circle = tied.has(file) ? [] : wayTo(graph, file, file);
      const [first] = circle;
      if (!first) continue;
      for (const member of tiedTo(graph, file)) tied.add(member);
      const path = [file, ...circle.map(({ to }) => to)].join(' → ');
      findings.push({ file, line: first.line, reason: `a circle of imports: ${path}` });
    }
    return findings;
  },
};

/** All files that lie on circles with this one: one import too many ties many, and is one finding. */
const tiedTo = (graph: ReadonlyMap<string, readonly FileImport[]>, file: string): string[] =>
  [...graph.keys()].filter(
    (other) => wayTo(graph, file, other).length > 0 && wayTo(graph, other, file).length > 0,
  );
