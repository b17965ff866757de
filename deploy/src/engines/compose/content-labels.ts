import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse, stringify } from 'yaml';
import { writeFileAtomically } from '../process/write-file.ts';
import { composeFile } from './compose-command.ts';

/** As far as it is looked at here: what services mount. */
interface ComposeFile {
  readonly services: Readonly<Record<string, Mounting>>;
  readonly configs?: Readonly<Record<string, { readonly file: string }>>;
}

interface Mounting {
  readonly configs?: readonly { readonly source: string }[];
  readonly secrets?: readonly string[];
}

const LABEL = 'lucid.contents';

/** @param dir folder of the rendered files */
export const contentLabelsFile = (dir: string): string => join(dir, 'compose.contents.yaml');

/**
 * Compose makes a container anew when its service is written otherwise, and does not look into the files that are mounted.
 * So a second file, beside the rendered one, tells a digest of what they hold as a label: other contents, another service.
 * @param dir folder of the rendered files: `compose.yaml` and the configurations it names
 */
export function writeContentLabels(dir: string, secretsDir: string): void {
  const { services, configs = {} } = parse(readFileSync(composeFile(dir), 'utf8')) as ComposeFile;
  const labelled = Object.entries(services).flatMap(([name, { configs: used = [], secrets = [] }]) => {
    const mounted = [
      ...used.map(({ source }) => resolve(dir, configs[source]?.file ?? source)),
      ...secrets.map((secret) => join(secretsDir, secret)),
    ];
    return mounted.length === 0 ? [] : [[name, { labels: { [LABEL]: digestOf(mounted) } }]];
  });
  writeFileAtomically(contentLabelsFile(dir), stringify({ services: Object.fromEntries(labelled) }));
}

/** Of the contents in this order; short, because it only has to differ. */
function digestOf(paths: readonly string[]): string {
  const hash = createHash('sha256');
  for (const path of paths) hash.update(createHash('sha256').update(readFileSync(path)).digest());
  return hash.digest('hex').slice(0, 16);
}
