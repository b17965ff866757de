/** What a TypeScript file says, parsed (not guessed from its text): imports, and expressions a rule cares about. */
import { parseAst } from 'vitest/node';

/** A node of the ESTree the parser returns; only what the rules look at. */
export interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

export interface Import {
  readonly specifier: string;
  readonly line: number;
  /** `import type …`: gone at run time. */
  readonly typeOnly: boolean;
  /** Names taken from the module; empty for `import()`, `import 'x'` and `export *`. */
  readonly names: readonly string[];
}

const parsed = new Map<string, Node>();

/** @throws with the parser's message when the text is not TypeScript */
export function parse(text: string): Node {
  const known = parsed.get(text) ?? (parseAst(text, { lang: 'ts' }) as unknown as Node);
  parsed.set(text, known);
  return known;
}

/** Calls `visit` for every node, parents first. */
export function walk(node: Node, visit: (node: Node) => void): void {
  visit(node);
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) walk(child, visit);
  }
}

/** Line of an offset, counted from 1. */
export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

/** Every import of the text: static, type-only, re-exports, and `import('literal')`, as a value or in a type. */
export function importsOf(text: string): Import[] {
  const found: Import[] = [];
  walk(parse(text), (node) => {
    const specifier = isNode(node.source) ? node.source.value : undefined;
    if (!importing.has(node.type) || typeof specifier !== 'string') return;
    found.push({
      specifier,
      line: lineAt(text, node.start),
      typeOnly: isTypeOnly(node),
      names: namesOf(node),
    });
  });
  return found;
}

/** `a.b.c` for a chain of plain names, undefined for anything else. */
export function dottedName(node: unknown): string | undefined {
  if (!isNode(node)) return undefined;
  if (node.type === 'Identifier') return String(node.name);
  if (node.type !== 'MemberExpression') return undefined;
  const object = dottedName(node.object);
  const property = isNode(node.property) ? (node.property.name ?? node.property.value) : undefined;
  return object === undefined || typeof property !== 'string' ? undefined : `${object}.${property}`;
}

export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as Node).type === 'string';
}

const importing: ReadonlySet<string> = new Set([
  'ImportDeclaration',
  'ImportExpression',
  'ExportNamedDeclaration',
  'ExportAllDeclaration',
  'TSImportType',
]);

function specifiersOf(node: Node): Node[] {
  return Array.isArray(node.specifiers) ? node.specifiers.filter(isNode) : [];
}

function isTypeOnly(node: Node): boolean {
  if (node.type === 'TSImportType') return true;
  if (node.importKind === 'type' || node.exportKind === 'type') return true;
  const specifiers = specifiersOf(node);
  return (
    specifiers.length > 0 && specifiers.every((it) => it.importKind === 'type' || it.exportKind === 'type')
  );
}

function namesOf(node: Node): string[] {
  return specifiersOf(node).flatMap((specifier) => {
    const name = isNode(specifier.imported)
      ? specifier.imported
      : isNode(specifier.local)
        ? specifier.local
        : undefined;
    return typeof name?.name === 'string' ? [name.name] : [];
  });
}
