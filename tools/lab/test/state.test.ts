import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { conditionOf, type InstanceState, parseState, readState, writeState } from '../src/data/state.ts';
import { parseMountsUnder } from '../src/system/mounts.ts';
import { identify, isAlive, parseStat } from '../src/system/process-identity.ts';
import { stopProcess } from '../src/system/stop-process.ts';

const gone = { pid: 2 ** 30, startTicks: 1, bootId: 'b', mountNamespace: 'mnt:[1]' };
const up: InstanceState = {
  version: 1,
  phase: 'up',
  rootDir: '/r',
  host: '127.0.0.1',
  port: 1,
  postgres: gone,
  ferretdb: gone,
};

async function self() {
  const identity = await identify(process.pid);
  if (identity === undefined) throw new Error('this process has an identity');
  return { ...identity, mountNamespace: 'mnt:[1]' };
}

describe('the state file', () => {
  let dir = '';

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'lab-state-'));
  });

  afterEach(() => rm(dir, { recursive: true }));

  it('is read back as it was written, by its owner only', async () => {
    const path = join(dir, 'state.json');
    await writeState(path, up);
    expect(await readState(path)).toEqual(up);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it('says nothing where there is none', async () => {
    expect(await readState(join(dir, 'none'))).toBeUndefined();
  });

  it.each(['', '{', 'null', '[]', '{"version":2}', JSON.stringify({ ...up, phase: 'odd' })])(
    'is not trusted when it reads %j',
    (text) => expect(parseState(text)).toBeUndefined(),
  );

  it('is not trusted when a process in it has no whole identity', () => {
    expect(parseState(JSON.stringify({ ...up, postgres: { pid: 1 } }))).toBeUndefined();
  });
});

describe('the condition of an instance', () => {
  it('is down without a state', async () => {
    expect(await conditionOf(undefined)).toBe('down');
  });

  it('is up while both processes live', async () => {
    expect(await conditionOf({ ...up, postgres: await self(), ferretdb: await self() })).toBe('up');
  });

  it('is stale when one has gone, when the start was never finished, and when the pid is another process', async () => {
    const me = await self();
    expect(await conditionOf({ ...up, postgres: me })).toBe('stale');
    expect(await conditionOf({ ...up, phase: 'starting', postgres: me, ferretdb: me })).toBe('stale');
    const reused = { ...me, startTicks: me.startTicks - 1 };
    expect(await conditionOf({ ...up, postgres: me, ferretdb: reused })).toBe('stale');
    const rebooted = { ...me, bootId: 'another boot' };
    expect(await conditionOf({ ...up, postgres: rebooted, ferretdb: me })).toBe('stale');
  });
});

describe('processes', () => {
  it('are read from a stat line whose name holds blanks and brackets', () => {
    const rest = `S 1 ${Array.from({ length: 17 }, (_, i) => i).join(' ')} 4711 99`;
    expect(parseStat(`42 (a) b (c)) ${rest}`)).toEqual({ state: 'S', startTicks: 4711 });
  });

  it('are stopped politely, by force when they do not listen, and left alone when they have gone', async () => {
    const polite = spawn('sleep', ['60']);
    const stubborn = spawn(process.execPath, [
      '-e',
      'process.on("SIGTERM",()=>{});console.log(1);setInterval(()=>{},1e3)',
    ]);
    await once(stubborn.stdout, 'data');
    for (const [child, how] of [
      [polite, 'stopped'],
      [stubborn, 'killed'],
    ] as const) {
      const identity = await identify(child.pid ?? 0);
      if (identity === undefined) throw new Error('the child has not started');
      expect(await stopProcess(identity, 'SIGTERM', 200)).toBe(how);
      expect(await isAlive(identity)).toBe(false);
      expect(await stopProcess(identity, 'SIGTERM')).toBe('gone');
    }
  });

  it('never end for a pid that now belongs to somebody else', async () => {
    const child = spawn('sleep', ['60']);
    const identity = await identify(child.pid ?? 0);
    if (identity === undefined) throw new Error('the child has not started');
    expect(await stopProcess({ ...identity, startTicks: identity.startTicks - 1 }, 'SIGKILL')).toBe('gone');
    expect(await isAlive(identity)).toBe(true);
    await stopProcess(identity, 'SIGKILL');
  });
});

it('mounts below a folder are found, blanks in their names included, neighbours are not', () => {
  const text = 'proc /lab/a/proc proc rw 0 0\ntmpfs /lab/a\\040b tmpfs rw 0 0\ntmpfs /labor tmpfs rw 0 0\n';
  expect(parseMountsUnder(text, '/lab')).toEqual(['/lab/a/proc', '/lab/a b']);
});
