/**
 * `nx g @lucid/nx-plugin:service <name> --cluster=<folder> --port=<n> [--store=mongo]`: writes a service that already
 * passes every check, and its contract. It works on Nx's virtual tree; nothing touches the disk until it is done.
 */
import { join } from 'node:path';
import { generateFiles, type Tree } from '@nx/devkit';
import { namesOf } from './names.ts';

export interface ServiceOptions {
  /** Without the prefix `lucid-`. */
  readonly name: string;
  /** Folder below `apps/`. */
  readonly cluster: string;
  readonly port: number;
  /** @default none */
  readonly store?: 'none' | 'mongo';
  /** One sentence for the README. */
  readonly purpose?: string;
}

const contractsIndex = 'libs/contracts/src/index.ts';

export default function generateService(tree: Tree, options: ServiceOptions): () => void {
  const root = `apps/${options.cluster}/${options.name}`;
  if (tree.exists(root)) throw new Error(`${root} exists already`);
  const values = {
    ...namesOf(options.name),
    root,
    port: options.port,
    mongo: options.store === 'mongo',
    purpose: options.purpose ?? 'Says in one sentence what this service is for.',
  };
  generateFiles(tree, join(import.meta.dirname, 'files', 'app'), root, values);
  generateFiles(tree, join(import.meta.dirname, 'files', 'contract'), 'libs/contracts/src', values);
  exportContract(tree, options.name);
  return () => console.log(nextSteps(root, options.name));
}

/** Adds the contract to the library's door, in alphabetical order. */
function exportContract(tree: Tree, name: string): void {
  const text = tree.read(contractsIndex, 'utf8');
  if (text === null) throw new Error(`there is no ${contractsIndex}`);
  tree.write(contractsIndex, insertExport(text, name));
}

/** One `export` per file, sorted by file; the new one goes before the first that sorts after it. */
export function insertExport(text: string, name: string): string {
  const added = `export * from './${name}.ts';`;
  const statements = text.trimEnd().split(/\n(?=export )/);
  const fileOf = (statement: string): string => /from '\.\/(.+)\.ts'/.exec(statement)?.[1] ?? '';
  const at = statements.findIndex((statement) => fileOf(statement) > name);
  const index = at === -1 ? statements.length : at;
  return `${[...statements.slice(0, index), added, ...statements.slice(index)].join('\n')}\n`;
}

const nextSteps = (root: string, name: string): string => `
${root} is a service that starts and answers. What only you can say (docs/tasks/add-a-service.md):
  1. npm install                                link it into the workspace and the lock
  2. deploy/src/system.ts                       its place in the topology: port, calls, uses, scale
  3. libs/contracts/src/${name}.ts, ${root}/src  what it answers and does
  4. node tools/checks/src/generate-docs.ts     its page of errors, config, metrics and API
  5. nx run-many -t lint typecheck test build check -p ${name},workspace
`;
