/** Which project a folder is: its name, tags and targets, from its path and the files in it. Pure. */
import type { ProjectConfiguration } from '@nx/devkit';
import { inferTargets } from './infer-targets.ts';
import { projectName } from './project-name.ts';

export type Kind = 'app' | 'lib' | 'tool' | 'deploy';
export type Plane = 'ops' | 'chain' | 'wallet';

/** Clusters that run outside the ops plane (architecture: the TRON cluster is isolated from both others). */
const planeOfCluster: Readonly<Record<string, Plane>> = { chain: 'chain', tron: 'wallet' };
/** Libraries of one plane; all others are neutral. The wallet plane reaches no block code, the others no wallet code. */
const planeOfLib: Readonly<Record<string, Plane>> = {
  ledger: 'chain',
  'tron-address': 'wallet',
  tron: 'wallet',
};
const topFolderKind: Readonly<Record<string, Kind>> = {
  apps: 'app',
  libs: 'lib',
  tools: 'tool',
  deploy: 'deploy',
};

/** `kind:*` for all, `cluster:*` and `plane:*` for apps, `plane:*` for the libraries that belong to one. */
export function inferTags(root: string): string[] {
  const [top = '', cluster = ''] = root.split('/');
  const kind = topFolderKind[top] ?? 'tool';
  if (kind === 'app') return ['kind:app', `cluster:${cluster}`, `plane:${planeOfCluster[cluster] ?? 'ops'}`];
  const plane = kind === 'lib' ? planeOfLib[projectName(root)] : undefined;
  return plane === undefined ? [`kind:${kind}`] : [`kind:${kind}`, `plane:${plane}`];
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
