/** Which project a folder is: its name, tags and targets, from its path and the files in it. Pure. */
import type { ProjectConfiguration } from '@nx/devkit';
import { inferTargets } from './infer-targets.ts';
import { projectName } from './project-name.ts';

export type Kind = 'app' | 'lib' | 'tool' | 'deploy';
export type Plane = 'ops' | 'chain' | 'wallet';

/** Clusters that run outside the ops plane (architecture: the TRON cluster is isolated from both others). */
const planeOfCluster: Readonly<Record<string, Plane>> = { chain: 'chain', tron: 'wallet' };
/** Libraries only the wallet plane may reach. */
const walletLibs: ReadonlySet<string> = new Set(['tron-address', 'tron']);
const topFolderKind: Readonly<Record<string, Kind>> = {
  apps: 'app',
  libs: 'lib',
  tools: 'tool',
  deploy: 'deploy',
};

/** `kind:*` for all, `cluster:*` and `plane:*` for apps, `plane:wallet` for the libraries of the wallet plane. */
export function inferTags(root: string): string[] {
  const [top = '', cluster = ''] = root.split('/');
  const kind = topFolderKind[top] ?? 'tool';
  if (kind === 'app') return ['kind:app', `cluster:${cluster}`, `plane:${planeOfCluster[cluster] ?? 'ops'}`];
  if (kind === 'lib' && walletLibs.has(projectName(root))) return ['kind:lib', 'plane:wallet'];
  return [`kind:${kind}`];
}

/**
 * A project without its name, which Nx takes from package.json.
 * @param root path from the workspace root, @param files paths below it, `/`-separated.
 */
export function inferProject(root: string, files: readonly string[]): ProjectConfiguration {
  return {
    root,
    projectType: root.startsWith('libs/') ? 'library' : 'application',
    sourceRoot: `${root}/src`,
    tags: inferTags(root),
    targets: inferTargets(root, files),
  };
}
