import { Document } from 'yaml';

/**
 * Objects as one file. Strings are quoted as YAML 1.1 needs it, because that is what Kubernetes reads: there `off` and
 * `12:30` are no texts.
 */
export function yamlText(objects: readonly object[], comment: readonly string[]): string {
  const head = comment.map((line) => `# ${line}`.trimEnd().concat('\n')).join('');
  const texts = objects.map((object) => {
    const document = new Document(object, { version: '1.1', aliasDuplicateObjects: false });
    return document.toString({ lineWidth: 0, indentSeq: false });
  });
  return `${head}${texts.join('---\n')}`;
}
