import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { type DataOptions, labProgram } from '../src/cli/data-options.ts';
import { plainProgress } from '../src/cli/progress.ts';
import { enterAsPostgres, enterToBuild } from '../src/debian/enter.ts';
import { cacheDir } from '../src/paths.ts';
import { postgresIds, setUpSql } from '../src/postgres/cluster.ts';
import { runCommand } from '../src/system/run-command.ts';

const MAIN = resolve(import.meta.dirname, '../src/main.ts');

async function parse(...args: string[]): Promise<[DataOptions, string[]]> {
  let seen: [DataOptions, string[]] | undefined;
  const program = labProgram(async (options, command) => {
    seen = [options, command];
  });
  await program.parseAsync(['data', ...args], { from: 'user' });
  if (seen === undefined) throw new Error('the action was not called');
  return seen;
}

describe('the command line', () => {
  it('brings the lab up by default', async () => {
    expect(await parse()).toEqual([{ action: 'up', fresh: false, json: false, state: undefined }, []]);
  });

  it.each(['down', 'status', 'check', 'run'] as const)('does one other thing by --%s', async (action) => {
    expect((await parse(`--${action}`, '--json', '--state', 'd'))[0]).toMatchObject({
      action,
      json: true,
      state: 'd',
    });
  });

  it('hands everything after -- to the command, options that look like ours included', async () => {
    const [options, command] = await parse('--run', '--fresh', '--', 'npx', 'vitest', '--json', '--down');
    expect(options).toMatchObject({ action: 'run', fresh: true, json: false });
    expect(command).toEqual(['npx', 'vitest', '--json', '--down']);
  });

  it.each([
    { args: ['--down', '--status'], says: 'cannot be used with' },
    { args: ['--nonsense'], says: 'unknown option' },
    { args: ['--', 'true'], says: 'a command is for --run only' },
    { args: ['--run'], says: '--run needs a command' },
  ])('refuses $args', async ({ args, says }) => {
    const result = await execa(process.execPath, [MAIN, 'data', ...args], { reject: false });
    expect(result.exitCode).toBe(2);
    expect(result.stderr).toContain(says);
    expect(result.stdout).toBe('');
  });

  it('reports the status of a lab that was never up', async () => {
    const cache = await mkdtemp(join(tmpdir(), 'lab-cache-'));
    const env = { XDG_CACHE_HOME: cache };
    const { stdout } = await execa(process.execPath, [MAIN, 'data', '--status', '--json'], { env });
    expect(JSON.parse(stdout)).toMatchObject({ instance: { condition: 'down' }, runs: [], mounts: [] });
    await rm(cache, { recursive: true });
  });
});

describe('the command of --run', () => {
  const run = (script: string, env = {}) =>
    runCommand([process.execPath, '-e', script], { ...process.env, ...env });

  it('gives its exit code and sees the environment', async () => {
    expect(await run('process.exit(Number(process.env.CODE))', { CODE: '42' })).toBe(42);
  });

  it('counts as 128 + n when signal n ended it, and as 127 when there is no such program', async () => {
    expect(await run('process.kill(process.pid, "SIGTERM")')).toBe(143);
    expect(await runCommand(['/no/such/program'], process.env)).toBe(127);
  });
});

describe('small parts', () => {
  it('the cache folder follows XDG_CACHE_HOME', () => {
    expect(cacheDir({ XDG_CACHE_HOME: '/c' })).toBe('/c/lucid-lab');
    expect(cacheDir({ XDG_CACHE_HOME: '' })).toMatch(/\/\.cache\/lucid-lab$/);
  });

  it('a builder sees proxies and nothing else of the environment', () => {
    const { args } = enterToBuild('/r', { https_proxy: 'http://p.test', SECRET: 'x' }, ['true']);
    expect(args).toContain('https_proxy=http://p.test');
    expect(args.join(' ')).not.toContain('SECRET');
  });

  it('a service is entered by exec alone, so that its pid is the one we started', () => {
    const { file, args } = enterAsPostgres({ rootDir: '/r', storeDir: '/s', binDir: '/b' }, [], ['postgres']);
    expect([file, ...args]).not.toContain('--fork');
  });

  it('the postgres user is found by name in a passwd file', () => {
    expect(postgresIds('root:x:0:0:::\npostgres:x:101:104:,,,:/v:/bin/sh\n')).toEqual({ uid: 101, gid: 104 });
    expect(() => postgresIds('root:x:0:0:::\n')).toThrow();
  });

  it('a password that could break out of its quotes is refused', () => {
    expect(() => setUpSql("x'; DROP")).toThrow();
    expect(setUpSql('abc-_1')).toContain("PASSWORD 'abc-_1'");
  });

  it('plain progress says when a step begins, what it notes, and when it is done, and stops at a failure', async () => {
    const lines: string[] = [];
    const fails = async () => {
      throw new Error('no');
    };
    const steps = [
      { title: 'one', run: async (note: (line: string) => void) => note('half') },
      { title: 'two', run: fails },
      { title: 'three', run: async () => undefined },
    ];
    await expect(plainProgress((line) => lines.push(line))(steps)).rejects.toThrow('no');
    expect(lines).toEqual(['one …', '  half', expect.stringMatching(/^one: \d+\.\d s$/), 'two …']);
  });
});
