import type { Check, Finding } from '../check.ts';
import { domainFiles } from '../support/paths.ts';
import { dottedName, importsOf, isNode, lineAt, parse, walk } from '../support/source.ts';

/** Calls whose result differs from run to run. */
const impure: ReadonlySet<string> = new Set([
  'Date.now',
  'Math.random',
  'performance.now',
  'process.hrtime',
  'process.hrtime.bigint',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'crypto.randomUUID',
  'crypto.getRandomValues',
]);
const impureImports: ReadonlySet<string> = new Set([
  'randomUUID',
  'randomBytes',
  'randomInt',
  'getRandomValues',
]);

export const domainClock: Check = {
  name: 'domain-clock',
  rule: 'time, randomness and ids reach domain/ as parameters (Clock, Random)',
  run: (workspace) => domainFiles(workspace).flatMap((file) => impurities(file, workspace.read(file))),
};

function impurities(file: string, text: string): Finding[] {
  const found: Finding[] = importsOf(text)
    .filter(({ specifier }) => /^(node:)?(crypto|timers.*)$/.test(specifier))
    .flatMap(({ specifier, names, line }) =>
      names
        .filter((name) => impureImports.has(name) || specifier.includes('timers'))
        .map((name) => ({ file, line, reason: `imports \`${name}\`: take it as a parameter` })),
    );
  walk(parse(text), (node) => {
    const name = calledName(node);
    if (name !== undefined)
      found.push({
        file,
        line: lineAt(text, node.start),
        reason: `calls \`${name}\`: take it as a parameter`,
      });
  });
  return found;
}

function calledName(node: { type: string; [field: string]: unknown }): string | undefined {
  if (node.type === 'CallExpression') {
    const name = dottedName(node.callee);
    return name !== undefined && impure.has(name.replace(/^globalThis\./, '')) ? name : undefined;
  }
  const bareDate =
    node.type === 'NewExpression' &&
    isNode(node.callee) &&
    dottedName(node.callee) === 'Date' &&
    Array.isArray(node.arguments) &&
    node.arguments.length === 0;
  return bareDate ? 'new Date()' : undefined;
}
