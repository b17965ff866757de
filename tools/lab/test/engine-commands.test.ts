import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { addEngineCommands, type EngineRequest } from '../src/cli/engine-options.ts';

const MAIN = resolve(import.meta.dirname, '../src/main.ts');

async function parse(...args: string[]): Promise<EngineRequest> {
  let seen: EngineRequest | undefined;
  const program = new Command('lab').exitOverride();
  addEngineCommands(program, async (request) => {
    seen = request;
  });
  await program.parseAsync(args, { from: 'user' });
  if (seen === undefined) throw new Error('the action was not called');
  return seen;
}

describe('the commands of the engines', () => {
  it('bring one engine up by default, and three nodes with one manager as a Swarm', async () => {
    expect(await parse('up')).toMatchObject({ verb: 'up', swarm: false, how: 'start', printEnv: false });
    expect(await parse('up', '--swarm')).toMatchObject({ swarm: true, nodes: 3, managers: 1 });
    expect(await parse('up', '--swarm', '--nodes=5', '--managers', '3')).toMatchObject({
      nodes: 5,
      managers: 3,
    });
  });

  it('hand everything after -- to the command', async () => {
    const request = await parse('up', '--run', '--swarm', '--', 'docker', 'ps', '--json');
    expect(request).toMatchObject({ how: 'run', json: false, command: ['docker', 'ps', '--json'] });
  });

  it.each(['kill', 'start', 'cut', 'heal'] as const)('let node 2 %s', async (fault) => {
    expect(await parse('node', fault, '2', '--state', 'd')).toMatchObject({
      verb: 'node',
      fault,
      number: 2,
      state: 'd',
    });
  });

  it('take the rest', async () => {
    expect(await parse('down', '--purge')).toMatchObject({ verb: 'down', purge: true });
    expect(await parse('status', '--json')).toMatchObject({ verb: 'status', json: true });
    expect(await parse('load', 'a:1', 'b:2', '--from', 'unix:///x')).toMatchObject({
      verb: 'load',
      images: ['a:1', 'b:2'],
      from: 'unix:///x',
    });
  });

  it.each([
    { args: ['up', '--check', '--run'], says: 'cannot be used with' },
    { args: ['up', '--nodes', 'many'], says: 'a whole number is expected' },
    { args: ['up', '--', 'true'], says: 'a command is for --run only' },
    { args: ['up', '--run'], says: '--run needs a command' },
    { args: ['node', 'eat', '1'], says: 'unknown command' },
    { args: ['load'], says: 'missing required argument' },
  ])('refuse $args', async ({ args, says }) => {
    const result = await execa(process.execPath, [MAIN, ...args], { reject: false });
    expect(result.stderr).toContain(says);
    expect([result.exitCode, result.stdout]).toEqual([2, '']);
  });

  it('say what is up where nothing ever was, and that a node of it cannot be killed', async () => {
    const cache = await mkdtemp(join(tmpdir(), 'lab-cache-'));
    const options = { env: { XDG_CACHE_HOME: cache, LUCID_SWARM_STATE: undefined }, reject: false } as const;
    const home = ['--state', join(cache, 'home')];
    const { stdout } = await execa(process.execPath, [MAIN, 'status', '--json', ...home], options);
    expect(JSON.parse(stdout).homes).toMatchObject([
      { engine: { condition: 'down' }, swarm: { condition: 'down', nodes: [] } },
    ]);
    const kill = await execa(process.execPath, [MAIN, 'node', 'kill', '1', ...home], options);
    expect(kill.stderr).toContain('no Swarm is up');
    expect(kill.exitCode).toBe(1);
    await rm(cache, { recursive: true });
  });
});
