/** The root folder as a project: what belongs to no app, lib or tool, and what only makes sense for the whole tree. */
import type { ProjectConfiguration } from '@nx/devkit';

export const workspaceProject: ProjectConfiguration = {
  root: '.',
  name: 'workspace',
  tags: ['kind:workspace'],
  targets: {
    lint: {
      command: 'biome check --error-on-warnings --no-errors-on-unmatched *.json *.ts',
      options: { cwd: '.' },
      cache: true,
      inputs: ['{workspaceRoot}/*.json', '{workspaceRoot}/*.ts'],
      outputs: [],
      metadata: { description: 'Lint and formatting of the files at the root' },
    },
    check: {
      command: 'node tools/checks/src/main.ts',
      options: { cwd: '.' },
      cache: true,
      inputs: ['{workspaceRoot}/**/*', '!{workspaceRoot}/**/dist/**/*'],
      outputs: ['{workspaceRoot}/dist/check-results.json'],
      metadata: { description: 'The rules of the tree that no compiler knows (tools/checks)' },
    },
  },
};
