/** A file of the format as text, and back. */
import type { Static, TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { parse, stringify } from 'yaml';
import { formatErrors } from './errors.ts';
import { withFallbacks } from './interpolation.ts';

/** @param header comment lines, without `#` */
export function writeDocument(header: readonly string[], content: object): string {
  const comment = header.map((line) => `# ${line}`.trimEnd()).join('\n');
  return `${comment}\n${stringify(content, { lineWidth: 0, aliasDuplicateObjects: false, compat: 'yaml-1.1' })}`;
}

/** A reader for files of one shape. @throws `not-understood` naming the first place that is not of that shape */
export function documentReader<Schema extends TSchema>(
  schema: Schema,
): (path: string, text: string) => Static<Schema> {
  const shape = Compile(schema);
  return (path, text) => {
    const content: unknown = withFallbacks(parse(text, { uniqueKeys: true }));
    if (shape.Check(content)) return content;
    const [first] = shape.Errors(content);
    throw formatErrors.notUnderstood(`${path}${first?.instancePath ?? ''}`, explanation(first));
  };
}

function explanation(error: { readonly message: string; readonly params?: object } | undefined): string {
  if (!error) return 'is not of the expected form';
  const extra = error.params && Object.values(error.params).flat().join(', ');
  return extra ? `${error.message} (${extra})` : error.message;
}
