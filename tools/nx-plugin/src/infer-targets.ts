/** The targets of a project, from the files it holds. Pure. Commands run in the workspace root. */
import type { ProjectConfiguration, TargetConfiguration } from '@nx/devkit';
import { resultFile } from './result-file.ts';

type Inputs = NonNullable<TargetConfiguration['inputs']>;

const node = 'node';
const tool = (script: string): string => `${node} tools/nx-plugin/src/tasks/${script}.ts`;
const task = (script: string): string => `{workspaceRoot}/tools/nx-plugin/src/tasks/${script}.ts`;

/** Own sources with tests, the production sources of what they import, and what holds for everyone. */
const everything: Inputs = ['default', '^production', 'sharedGlobals'];

const testTask: Inputs = ['{workspaceRoot}/vitest.config.ts', task('test'), task('result-reporter')];

/** Which file is bundled: a service's main, or the command-line tool's. None for libraries. */
export function entryPoint(root: string, files: readonly string[]): string | undefined {
  const candidates = root.startsWith('apps/') || root === 'tools/cli' ? ['src/main.ts'] : [];
  return candidates.find((file) => files.includes(file));
}

/** The code of a project: its folders and top-level code files. Prose is left alone, tables in it are drawn by hand. */
function lintPaths(root: string, files: readonly string[]): string[] {
  const top = files.map((file) => (file.includes('/') ? file.slice(0, file.indexOf('/')) : file));
  const code = top.filter((name) => !name.includes('.') || /\.(ts|mts|mjs|js|json)$/.test(name));
  return [...new Set(code)].sort().map((name) => `${root}/${name}`);
}

export function inferTargets(
  root: string,
  files: readonly string[],
): NonNullable<ProjectConfiguration['targets']> {
  const targets: Record<string, TargetConfiguration> = {};
  const sources = files.filter((file) => /^(src|test)\/.*\.ts$/.test(file));
  const tests = files.filter((file) => /^test\/.*\.test\.ts$/.test(file));
  const main = entryPoint(root, files);

  targets.lint = {
    command: `biome check --error-on-warnings --no-errors-on-unmatched ${lintPaths(root, files).join(' ')}`,
    options: { cwd: '.' },
    cache: true,
    inputs: ['default', '{workspaceRoot}/biome.json', { externalDependencies: ['@biomejs/biome'] }],
    outputs: [],
    metadata: { description: 'Lint and formatting (Biome), without changing anything' },
  };
  if (sources.length > 0) {
    targets.typecheck = {
      command: `${tool('typecheck')} ${root}`,
      options: { cwd: '.' },
      cache: true,
      inputs: [...everything, task('typecheck')],
      outputs: [],
      metadata: { description: 'Types of sources and tests (tsc --noEmit)' },
    };
  }
  if (tests.some((file) => !file.endsWith('.e2e.test.ts'))) {
    targets.test = {
      command: `${tool('test')} ${root}`,
      options: { cwd: '.' },
      cache: true,
      inputs: [...everything, ...testTask],
      outputs: [`{workspaceRoot}/${resultFile(root, 'test')}`],
      metadata: { description: 'Unit and integration tests (vitest)' },
    };
  }
  if (tests.some((file) => file.endsWith('.e2e.test.ts'))) {
    targets.e2e = {
      command: `${tool('test')} ${root} --e2e`,
      options: { cwd: '.' },
      cache: true,
      parallelism: false,
      inputs: [...everything, 'wholeSystem', ...testTask],
      outputs: [`{workspaceRoot}/${resultFile(root, 'e2e')}`],
      metadata: { description: 'Tests that start the whole system; never beside another task' },
    };
  }
  if (main !== undefined) {
    targets.build = {
      command: `${tool('bundle')} ${root} ${main}`,
      options: { cwd: '.' },
      cache: true,
      inputs: ['production', '^production', 'sharedGlobals', task('bundle'), task('inline-workers')],
      outputs: ['{projectRoot}/dist/main.js', '{projectRoot}/dist/main.js.map'],
      metadata: { description: 'One file with its source map in dist/ (esbuild)' },
    };
  }
  if (main !== undefined && root.startsWith('apps/')) {
    targets.serve = {
      command: `${node} --watch ${root}/${main}`,
      options: { cwd: '.' },
      continuous: true,
      cache: false,
      metadata: { description: 'Runs the service from its sources and restarts it when they change' },
    };
    targets.image = {
      command: `${node} deploy/images/build.mjs ${root}`,
      options: { cwd: '.' },
      dependsOn: ['build', { projects: ['deploy'], target: 'base-image' }],
      cache: false, // the image is in the engine: only there can be seen whether it must be built
      metadata: { description: 'The container image of the service, loaded into the Docker engine' },
    };
  }
  if (root === 'deploy' && files.includes('images/build.mjs')) {
    targets['base-image'] = {
      command: `${node} deploy/images/build.mjs --base-only`,
      options: { cwd: '.' },
      cache: false,
      metadata: {
        description: 'The image that the others are built on: pulled, or made where nothing can be',
      },
    };
  }
  return targets;
}
