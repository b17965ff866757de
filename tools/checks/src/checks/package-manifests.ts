import type { Check, Finding } from '../check.ts';
import { projectOf } from '../support/paths.ts';

interface Manifest {
  name?: string;
  private?: boolean;
  type?: string;
  [field: string]: unknown;
}

const versionFields = ['dependencies', 'devDependencies', 'peerDependencies', 'optionalDependencies'];

export const packageManifests: Check = {
  name: 'package-manifests',
  rule: 'a project’s package.json is private ESM, named @lucid/<folder>, and lists no versions: the root does',
  run: (workspace) =>
    workspace.files
      .filter((file) => file.endsWith('/package.json') && `${projectOf(file)}/package.json` === file)
      .flatMap((file) => checkManifest(file, JSON.parse(workspace.read(file)) as Manifest)),
};

function checkManifest(file: string, manifest: Manifest): Finding[] {
  const expected = `@lucid/${file.split('/').at(-2)}`;
  const reasons = [
    manifest.name === expected ? [] : [`name is ${manifest.name}, expected ${expected}`],
    manifest.private === true ? [] : ['is not private'],
    manifest.type === 'module' ? [] : ['type is not module'],
    versionFields
      .filter((field) => field in manifest)
      .map((field) => `has ${field}: versions live in the root package.json`),
  ];
  return reasons.flat().map((reason) => ({ file, line: 1, reason }));
}
