import { spawn } from 'node:child_process';
import { expect, test } from 'vitest';
import { inTurn, wasInterrupted } from '../src/in-turn.ts';
import { partsFor, tallyOfPart } from '../src/run.ts';
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

/** A program that runs commands in turn, each of which says `<n> started` and waits; it says what came of them. */
function commandsInTurn(each: string) {
  const script = `
    import { inTurn, wasInterrupted } from '../src/in-turn.ts';
    import { runCommand } from '../src/run-command.ts';
    const options = { cwd: '.', deadlineMinutes: 1, graceMs: 200 };
    const results = await inTurn([1, 2], (n) =>
      runCommand([process.execPath, '-e', "console.log('" + n + " started');" + ${JSON.stringify(each)}], options),
    );
    console.log(results.length + ' done, interrupted: ' + wasInterrupted(results));`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    cwd,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  const started = Promise.withResolvers<void>();
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
    if (output.includes('1 started')) started.resolve();
  });
  const ended = new Promise<string>((done) => child.once('close', () => done(output)));
  return { child, started: Promise.race([started.promise, ended]), ended };
}

test.each([
  ['SIGINT', 'setInterval(() => {}, 1000)'],
  ['SIGTERM', 'setInterval(() => {}, 1000)'],
  ['SIGHUP', 'setInterval(() => {}, 1000)'],
  ['SIGTERM', "process.on('SIGTERM', () => {}); console.log('1 started'); setInterval(() => {}, 1000)"], // killed at last
  [
    'SIGTERM',
    "process.on('SIGTERM', () => process.exit(0)); console.log('1 started'); setInterval(() => {}, 1000)",
  ],
] as const)('%s ends the command that runs, and no other is started: %s', async (signal, each) => {
  const { child, started, ended } = commandsInTurn(each);
  await started;
  child.kill(signal);
  expect((await ended).replaceAll(/(1 started\n)+/g, '1 started\n')).toBe(
    '1 started\n1 done, interrupted: true\n',
  );
});

test('without an interrupt everything is done, failures included', async () => {
  const results = await inTurn(['process.exitCode = 1', ''], (script) => node(script));
  expect(results.map(({ code }) => code)).toEqual([1, 0]);
  expect(wasInterrupted(results)).toBe(false);
});

test('a part is skipped only when it says so and why, and npm test never', () => {
  const part = { name: 'lab', command: [], deadlineMinutes: 5 };
  expect(tallyOfPart(part, { code: 3, output: 'broke off\n' }).failed).toEqual(['lab: ended with 3']);
  const closed = 'skipped: a: no redis\n4 passed, 0 failed\n';
  expect(tallyOfPart(part, { code: 3, output: closed }).failed).toEqual(['lab: ended with 3']);
  for (const hasEngine of [true, false]) {
    const [npmTest] = partsFor(hasEngine);
    if (!npmTest) throw new Error('no parts');
    const tally = tallyOfPart(npmTest, { code: 3, output: 'skipped: needs root\n' });
    expect(tally).toMatchObject({ failed: ['npm test: ended with 3'], skipped: [] });
  }
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
