/**
 * What a child runs: the bundle `dist/main.js`, built by Nx when something is newer than it, or the sources.
 * Throws `missing-app` naming every folder that holds neither, and `build-failed` with the log's path.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync, realpathSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { deployErrors } from '../../errors.ts';
import type { Service, System } from '../../model/types.ts';
import { newestChangeMs } from './freshness.ts';

export interface Artifact {
  readonly entry: string;
  /** Digest of the bundle; undefined for sources, which are never compared. */
  readonly revision: string | undefined;
}

export interface BuildOptions {
  readonly root: string;
  /** Run `src/main.ts` and build nothing. */
  readonly source: boolean;
  /** Build what changed. False runs the bundles as they are. */
  readonly build: boolean;
  readonly logFile: string;
}

const sourceOf = (root: string, app: string) => join(root, app, 'src/main.ts');
const bundleOf = (root: string, app: string) => join(root, app, 'dist/main.js');

/** Builds what has to be and tells what to run, by service name. @param tell called when Nx has real work to do */
export async function prepareArtifacts(
  system: System,
  options: BuildOptions,
  tell: (detail: string) => void,
): Promise<Map<string, Artifact>> {
  const { root } = options;
  const apps = [...new Set(system.services.map(appOf))];
  const missing = apps.filter((app) => !existsSync(sourceOf(root, app)) && !existsSync(bundleOf(root, app)));
  if (missing.length > 0) throw deployErrors.missingApps(missing.map((app) => `${app} has no src/main.ts`));

  const bundled = !options.source && existsSync(join(root, 'nx.json'));
  if (bundled && options.build) {
    const stale = staleApps(root, apps);
    if (stale.length > 0) {
      tell(`building ${stale.length} of ${apps.length}`);
      const startedAt = new Date();
      await runNx(root, 'build', stale, options.logFile);
      // Nx leaves a bundle alone that its cache finds right; its age must not send every later start to Nx again.
      const built = stale.map((app) => bundleOf(root, app)).filter((bundle) => existsSync(bundle));
      for (const bundle of built) utimesSync(bundle, startedAt, startedAt);
    }
  }
  return new Map(system.services.map((service) => [service.name, artifactOf(root, appOf(service), bundled)]));
}

/** Every part the process engine runs is ours; `process-system.ts` has left out the rest. */
function appOf(service: Service): string {
  if (service.app === undefined) throw deployErrors.unexpected(`${service.name} is nothing of ours to run`);
  return service.app;
}

function artifactOf(root: string, app: string, bundled: boolean): Artifact {
  const bundle = bundleOf(root, app);
  if (!existsSync(sourceOf(root, app)) || (bundled && existsSync(bundle))) {
    return {
      entry: bundle,
      revision: createHash('sha256').update(readFileSync(bundle)).digest('hex').slice(0, 16),
    };
  }
  return { entry: sourceOf(root, app), revision: undefined };
}

/** Apps whose bundle is older than anything it is made of. Coarse on purpose: Nx's cache does the fine work. */
function staleApps(root: string, apps: readonly string[]): string[] {
  const sharedMs = newestChangeMs([
    join(root, 'libs'),
    join(root, 'package-lock.json'),
    join(root, 'nx.json'),
  ]);
  return apps.filter((app) => {
    if (!existsSync(sourceOf(root, app))) return false;
    const builtMs = newestChangeMs([bundleOf(root, app)]);
    return (
      builtMs <= Math.max(sharedMs, newestChangeMs([join(root, app, 'src'), join(root, app, 'package.json')]))
    );
  });
}

/** Runs one target of some apps, quietly. Throws `build-failed` with the first complaint and the log's path. */
export async function runNx(
  root: string,
  target: 'build' | 'image',
  apps: readonly string[],
  logFile: string,
  environment: NodeJS.ProcessEnv = process.env,
  signal?: AbortSignal,
): Promise<void> {
  const log = openSync(logFile, 'w', 0o600);
  const nx = realpathSync(join(root, 'node_modules/.bin/nx')); // wherever this version of Nx keeps it
  const projects = apps.map((app) => `directory:${app}`).join(',');
  const args = [nx, 'run-many', `--target=${target}`, `--projects=${projects}`, '--outputStyle=static'];
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: buildEnvironment(environment),
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  const end = () => child.kill();
  signal?.addEventListener('abort', end);
  const [code] = await once(child, 'exit').finally(() => signal?.removeEventListener('abort', end));
  if (code !== 0) throw deployErrors.buildFailed(logFile, whyBuildFailed(readFileSync(logFile, 'utf8')));
}

/** The projects Nx names at the end, and the first complaint of the bundler. */
function whyBuildFailed(log: string): string {
  const failed = [...log.matchAll(/^- (\S+):build\s*$/gm)].map(([, project]) => project);
  const [, complaint] = /\[ERROR\] (.+)/.exec(log) ?? [];
  return [failed.join(', '), complaint].filter((part) => part).join(': ');
}

/** A build started below `nx run deploy:up` must not take itself for a part of that task. */
function buildEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const own = Object.entries(environment).filter(
    ([name]) => !/^(NX_TASK|NX_INVOKED|NX_TUI|NX_STREAM|FORCE_COLOR)/.test(name),
  );
  return {
    ...Object.fromEntries(own),
    NX_TUI: 'false',
    NX_DAEMON: environment.NX_DAEMON ?? 'false',
    CI: 'true',
    NO_COLOR: '1',
  };
}
