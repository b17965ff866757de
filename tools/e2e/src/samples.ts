import { randomUUID } from 'node:crypto';

/** What is looked at of a JSON schema; TypeBox schemas are JSON schemas. */
export interface Shape {
  type?: string | string[];
  const?: unknown;
  enum?: unknown[];
  anyOf?: Shape[];
  properties?: Record<string, Shape>;
  required?: string[];
  items?: Shape;
  minItems?: number;
  minimum?: number;
  minLength?: number;
  pattern?: string;
  format?: string;
}

/** Texts of the kinds that the contracts know; the first that a pattern takes is the sample for it. */
const TEXTS = [
  'ab'.repeat(32),
  'ab'.repeat(64),
  '00000000-0000-4000-8000-000000000000',
  '00000000-0000-4000-8000-000000000000-chunk-000001',
  '2026-01-01T00:00:00.000Z',
  'someone',
];

/** A value that the schema takes: the required parts and nothing else. @throws Error for a schema it knows nothing for */
export function sampleOf(shape: Shape): unknown {
  if ('const' in shape) return shape.const;
  if (shape.enum) return shape.enum[0];
  if (shape.anyOf?.[0]) return sampleOf(shape.anyOf[0]);
  switch (Array.isArray(shape.type) ? shape.type[0] : shape.type) {
    case 'object': {
      const required = shape.required ?? [];
      return Object.fromEntries(required.map((name) => [name, sampleOf(shape.properties?.[name] ?? {})]));
    }
    case 'array':
      return Array.from({ length: shape.minItems ?? 0 }, () => sampleOf(shape.items ?? {}));
    case 'integer':
    case 'number':
      return shape.minimum ?? 0;
    case 'boolean':
      return true;
    case 'string':
      return textFor(shape);
    default:
      return {};
  }
}

function textFor({ format, pattern, minLength = 1 }: Shape): string {
  if (format === 'uuid') return randomUUID();
  if (format === 'email') return 'nobody@example.com';
  if (format === 'date-time') return '2026-01-01T00:00:00.000Z';
  if (pattern === undefined) return 'x'.repeat(minLength);
  const found = TEXTS.find((text) => new RegExp(pattern).test(text));
  if (found === undefined) throw new Error(`no sample for ${pattern}: add one to TEXTS`);
  return found;
}

/** The path with its parameters filled in; those that are not given are samples. */
export function fillPath(
  path: string,
  params: Shape | undefined,
  given: Record<string, string> = {},
): string {
  return path.replace(/:([a-z_]+)/g, (_match, name: string) =>
    encodeURIComponent(given[name] ?? String(sampleOf(params?.properties?.[name] ?? {}))),
  );
}
