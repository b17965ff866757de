import { accessSync, constants, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { workspaceRoot } from '../src/workspace.ts';

interface Workflow {
  permissions: Record<string, string>;
  jobs: Record<string, { 'timeout-minutes'?: number; steps: Array<{ run?: string }> }>;
}
const workflow = parse(readFileSync(join(workspaceRoot, '.github/workflows/ci.yml'), 'utf8')) as Workflow;
const jobs = Object.values(workflow.jobs);

test('the pipeline is made of the commands a person runs', () => {
  const commands = jobs.flatMap(({ steps }) => steps.flatMap(({ run }) => run ?? []));
  for (const command of commands)
    expect(command).toMatch(/^(npm ci|npm test( -- .*)?|(sudo .* )?\.ci\/run)$/);
  expect(commands.some((command) => command.endsWith('.ci/run'))).toBe(true);
  expect(commands.some((command) => command.includes('--affected'))).toBe(true);
});

test('no job can run for ever or write to the repository', () => {
  for (const job of jobs) expect(job['timeout-minutes']).toBeLessThanOrEqual(60);
  expect(workflow.permissions).toEqual({ contents: 'read' });
});

test('.ci/run can be executed', () => {
  expect(() => accessSync(join(workspaceRoot, '.ci', 'run'), constants.X_OK)).not.toThrow();
});
