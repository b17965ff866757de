import { expect, test } from 'vitest';
import { tallyOfPart } from '../src/run.ts';
import { runCommand } from '../src/run-command.ts';
import { nxCommand, testSteps } from '../src/test-steps.ts';

const cwd = import.meta.dirname;
const node = (script: string, deadlineMinutes = 1) =>
  runCommand([process.execPath, '-e', script], { cwd, deadlineMinutes });

test('a command’s output and exit code are kept', async () => {
  expect(await node("console.log('out'); console.error('err'); process.exitCode = 4")).toMatchObject({
    code: 4,
  });
  expect((await node("console.log('out')")).output).toBe('out\n');
});

test('a command that hangs is ended with its children, and says so by 124', async () => {
  // The grandchild keeps our end of the pipe open: the result can only come once it is gone too.
  const grandchild = `['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' }`;
  const script = `require('node:child_process').spawn(process.execPath, ${grandchild}); setInterval(() => {}, 1000)`;
  expect(await node(script, 0.02)).toMatchObject({ code: 124 });
});

test('a command that does not exist ends with 127', async () => {
  expect(await runCommand(['no-such-command'], { cwd, deadlineMinutes: 1 })).toMatchObject({ code: 127 });
});

test('a part that cannot run here is skipped with its reason; one that broke off has failed', () => {
  const part = { name: 'lab', command: [], deadlineMinutes: 5 };
  expect(tallyOfPart(part, { code: 3, output: 'x\nskipped: needs root\n' }).skipped).toEqual([
    'lab: needs root',
  ]);
  expect(tallyOfPart(part, { code: 0, output: '4 passed, 0 failed\n' })).toEqual({
    passed: 4,
    failed: [],
    skipped: [],
  });
  expect(tallyOfPart(part, { code: 1, output: '4 passed, 0 failed\n' }).failed).toEqual([
    'lab: ended with 1',
  ]);
  expect(tallyOfPart(part, { code: 124, output: '' }).failed).toEqual(['lab: took longer than 5 minutes']);
});

test('whole-system tests run alone', () => {
  expect(testSteps.find(({ targets }) => targets.includes('e2e'))?.parallel).toBe(1);
  const [first] = testSteps;
  if (!first) throw new Error('no steps');
  expect(nxCommand(first, { affected: true, base: 'origin/main' }).slice(0, 4)).toEqual([
    'nx',
    'affected',
    '--base=origin/main',
    '--targets=lint,typecheck,check,build',
  ]);
});
