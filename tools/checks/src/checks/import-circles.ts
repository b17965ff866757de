import type { Check, Finding } from '../check.ts';
import { type FileImport, fileImports, wayTo } from '../support/import-graph.ts';
import { projectOf } from '../support/paths.ts';

/**
 * Projects in which a circle stands for the time being, and why it does no harm. One that has none any more is a finding,
 * so that this list gets shorter only.
 */
const standing: ReadonlyMap<string, string> = new Map([
  ['libs/consensus', 'the report of a core is made beside the core, and names its type'],
]);

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
      if (standing.has(projectOf(file) ?? '')) continue;
      const path = [file, ...circle.map(({ to }) => to)].join(' → ');
      findings.push({ file, line: first.line, reason: `a circle of imports: ${path}` });
    }
    const circled = new Set([...tied].map(projectOf));
    const present = new Set([...graph.keys()].map(projectOf));
    for (const project of standing.keys())
      if (present.has(project) && !circled.has(project))
        findings.push({ file: project, line: 1, reason: 'has no circle any more: take it off the list' });
    return findings;
  },
};

/** All files that lie on circles with this one: one import too many ties many, and is one finding. */
const tiedTo = (graph: ReadonlyMap<string, readonly FileImport[]>, file: string): string[] =>
  [...graph.keys()].filter(
    (other) => wayTo(graph, file, other).length > 0 && wayTo(graph, other, file).length > 0,
  );
