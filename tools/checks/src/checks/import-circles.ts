import type { Check, Finding } from '../check.ts';
import { fileImports, wayBack } from '../support/import-graph.ts';
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
    const inCircle = new Set<string>();
    const findings: Finding[] = [];
    for (const file of graph.keys()) {
      if (inCircle.has(file)) continue;
      const circle = wayBack(graph, file);
      for (const member of circle) inCircle.add(member.from);
      const [first] = circle;
      if (!first || standing.has(projectOf(file) ?? '')) continue;
      const path = [file, ...circle.map(({ to }) => to)].join(' → ');
      findings.push({ file, line: first.line, reason: `a circle of imports: ${path}` });
    }
    const circled = new Set([...inCircle].map(projectOf));
    const present = new Set([...graph.keys()].map(projectOf));
    for (const project of standing.keys())
      if (present.has(project) && !circled.has(project))
        findings.push({ file: project, line: 1, reason: 'has no circle any more: take it off the list' });
    return findings;
  },
};
