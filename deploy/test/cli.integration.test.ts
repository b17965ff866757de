import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { root, tinySystem } from './support/tiny-engine.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const dir = mkdtempSync(join(tmpdir(), 'lucid-cli-'));
const home = join(dir, 'home');
const tinyFlags = [
  '--profile=tiny',
  `--system=${tinySystem}`,
  '--source',
  '--publish=none',
  `--home=${home}`,
];

/** Nx asks its tasks for colour; here the bare text is compared. */
const { FORCE_COLOR: _, ...rest } = process.env;
const plain = { ...rest, NO_COLOR: '1' };

interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function start(args: readonly string[]) {
  const child = spawn(process.execPath, [join(root, 'deploy/bin/deploy.mjs'), ...args], {
    cwd: root,
    env: plain,
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (text: Buffer) => {
    out += text.toString();
  });
  child.stderr.on('data', (text: Buffer) => {
    err += text.toString();
  });
  const ended = new Promise<Outcome>((resolve) => child.on('close', (code) => resolve({ code, out, err })));
  return { child, ended, output: () => out };
}
const run = (...args: string[]): Promise<Outcome> => start(args).ended;

afterAll(async () => {
  await run('down', `--home=${home}`);
  rmSync(dir, { recursive: true, force: true });
});

describe('the command line', () => {
  it.each([
    [['up', '--nope'], "unknown option '--nope'"],
    [['up', '--profile=moon'], 'no such profile: moon (known: dev, production, scale, vertical, autoscale)'],
    [['up', '--scale=gateway'], 'expected service=n'],
    [['up', '--publish=9080'], 'not an address: 9080'],
    [['up', '--addresses=moon'], 'Allowed choices are auto, subnet, ports'],
    [['dance'], "unknown command 'dance'"],
    [['scale', 'gateway'], 'not a scale: gateway'],
    [['scale'], "missing required argument 'service=n'"],
    [['up', 'now'], 'too many arguments'],
  ])('says what is wrong with %j in one line and exits with 2', async (args, complaint) => {
    const { code, out, err } = await run(...args, ...(args[0] === 'dance' ? [] : [`--home=${home}`]));
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(/^error: [^\n]+\n$/);
    expect(err).toContain(complaint);
  });

  it('exits with 3 when nothing is up, and tells machines in JSON', async () => {
    const asked = await run('status', `--home=${home}`);
    expect(asked).toMatchObject({
      code: 3,
      out: '',
      err: expect.stringMatching(/^error: nothing is up in [^\n]+\n$/),
    });
    const json = await run('scale', 'auth-service=2', '--json', `--home=${home}`);
    expect(json).toMatchObject({ code: 3, err: '' });
    expect(JSON.parse(json.out)).toMatchObject({ error: { code: 'engine-not-up', exit_code: 3 } });
    expect(await run('logs', `--home=${home}`)).toMatchObject({
      code: 3,
      err: 'error: no logs of anything yet\n',
    });
    expect(await run('down', `--home=${home}`)).toMatchObject({ code: 0, out: 'Nothing was up.\n' });
  });

  it('helps', async () => {
    const { code, out } = await run('up', '--help');
    expect(code).toBe(0);
    expect(out).toContain('Examples:');
    expect(await run('check')).toMatchObject({ code: 0, out: expect.stringContaining(' 0 findings') });
  });

  it('runs in the foreground until Ctrl-C, with plain lines and a table where there is no terminal', async () => {
    const { child, ended, output } = start(['up', ...tinyFlags]);
    await vi.waitFor(() => expect(output()).toContain('Ctrl-C stops it.'), { timeout: 30_000, interval: 50 });
    child.kill('SIGINT');
    const { code, out, err } = await ended;
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/\[ +[\d.]+ s\] lucid-tiny-store-1 ready \(in \d+ ms\)/);
    expect(out).toMatch(/lucid-tiny-left +1 +http:\/\/127\.\d+\.2\.1:8084 +\d+ +ready +\d+ MiB +0/);
    expect(out).toContain('Everything has been stopped.');
    expect(await run('status', `--home=${home}`)).toMatchObject({ code: 3 });
  });

  it('goes to the background, answers from another terminal, and stops on demand', async () => {
    const up = await run('up', '--detach', '--json', ...tinyFlags);
    expect(up).toMatchObject({ code: 0, err: '' });
    expect(JSON.parse(up.out)).toMatchObject({ started: true, status: { phase: 'running' } });
    const again = await run('up', ...tinyFlags);
    expect(again).toMatchObject({ code: 0, out: expect.stringContaining('was up already') });
    expect(await run('scale', 'tiny-right=2', `--home=${home}`)).toMatchObject({
      code: 0,
      out: expect.stringContaining('5 of 5 ready'),
    });
    const other = await run(
      'up',
      '--publish=127.0.0.1:9',
      ...tinyFlags.filter((flag) => !flag.includes('publish')),
    );
    expect(other).toMatchObject({
      code: 1,
      err: expect.stringContaining('already up with public address none'),
    });
    const logs = await run('logs', 'tiny-right', '-n', '1', `--home=${home}`);
    expect(logs.out.trimEnd().split('\n')).toHaveLength(2);
    expect(await run('down', `--home=${home}`)).toMatchObject({ code: 0, out: 'Stopped 5 processes.\n' });
  });
});
