import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { whyNoSwarm } from '../src/docker/can-run.ts';
import { engineMachine } from '../src/docker/engine-machine.ts';
import { cacheDir } from '../src/paths.ts';

const MAIN = resolve(import.meta.dirname, '../src/main.ts');
const PROGRAM = resolve(import.meta.dirname, 'support/lone-engine.sh');

const skipReason =
  process.env.LUCID_LAB === '1'
    ? await whyNoSwarm(engineMachine(cacheDir(process.env), process.env, []))
    : 'starts a Docker engine: set LUCID_LAB=1 to run it';

if (skipReason !== undefined) it('the engine of the lab works', (test) => test.skip(skipReason));

/** In a network and a /run of its own, where no other engine answers, whatever the machine has. */
describe.skipIf(skipReason !== undefined)('the engine of the lab', () => {
  let dir = '';
  let said: Record<string, string> = {};

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'lab-'));
    const args = ['--net', '--mount', 'sh', PROGRAM, process.execPath, MAIN, join(dir, 'home')];
    const { DOCKER_HOST: _, ...env } = process.env;
    const { stdout } = await execa('unshare', args, { env, extendEnv: false });
    said = Object.fromEntries(stdout.split('\n').map((line) => line.split(/=(.*)/s).slice(0, 2)));
  }, 180_000);

  afterAll(async () => {
    await execa(process.execPath, [MAIN, 'down', '--purge', '--state', join(dir, 'home')]); // had it failed half-way
    await rm(dir, { recursive: true });
  }, 60_000);

  it('is started where none answers, with Compose v2 beside it', () => {
    expect(said.host).toBe(`unix://${join(dir, 'home')}/engine/docker.sock`);
    expect(said.compose).toMatch(/^v?\d+\.\d+/);
    expect(said.containers).toBe('0');
  });

  it('is found up the second time', () => {
    expect(said.second).toBe('lab');
  });

  it("keeps out of Lucid's address ranges", () => {
    expect(said.subnet).toMatch(/^10\.97\.\d+\.0\/24$/);
  });

  it("puts the machine's rules, bridges and forwarding back", () => {
    expect(said.rulesUp).toBe('changed');
    expect(said.rulesDown).toBe('same');
    expect(said.linksDown).toBe('lo');
    expect(said.forwarding).toBe('same');
  });

  it('is cleaned up after a kill -9 too', () => {
    expect(said.killed).toBe('stale');
    expect(said.rulesKilled).toBe('same');
  });

  it('is there for one command, whose exit code counts', () => {
    expect(said.runHost).toBe(said.host);
    expect(said.runCode).toBe('23');
    expect(said.processes).toBe('0');
  });
});
