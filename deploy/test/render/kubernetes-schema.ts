// Judges manifests by the API description of a real Kubernetes (deploy/schemas/kubernetes.json), which knows no extra keys.
import { readFileSync } from 'node:fs';
import Schema from 'typebox/schema';
import { parseAllDocuments } from 'yaml';

interface Description {
  readonly kinds: Readonly<Record<string, string>>;
  readonly $defs: Readonly<Record<string, unknown>>;
}
const description: Description = JSON.parse(
  readFileSync(new URL('../../schemas/kubernetes.json', import.meta.url), 'utf8'),
);
const compiled = new Map<string, ReturnType<typeof Schema.Compile>>();

export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

/** All objects of a rendering but the lists of files, which are no objects of the API. */
export function objectsOf(files: ReadonlyMap<string, string>): Manifest[] {
  return [...files].flatMap(([path, text]) =>
    path.endsWith('kustomization.yaml')
      ? []
      : [...parseAllDocuments(text, { version: '1.1' })].map((document) => document.toJS() as Manifest),
  );
}

/** What the API would not understand. Throws for kinds it is not asked about. */
export function schemaErrors(object: Manifest): string[] {
  const key = `${object.apiVersion} ${object.kind}`;
  const definition = description.kinds[key];
  if (definition === undefined) throw new Error(`the description has no ${key}`);
  const validator =
    compiled.get(key) ?? Schema.Compile({ $defs: description.$defs, $ref: `#/$defs/${definition}` });
  compiled.set(key, validator);
  const [, errors] = validator.Errors(object);
  return errors.map(({ instancePath, message }) => `${object.metadata.name}${instancePath}: ${message}`);
}
