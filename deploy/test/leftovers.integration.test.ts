/** What a killed supervisor leaves behind, and who cleans it up. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { startTimeOf } from '../src/engines/process/process-identity.ts';
import { HOME_MARKER } from '../src/engines/process/reaper.ts';
import { pidsOf, type TinyEngine, tinyEngine } from './support/tiny-engine.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 }); // a busy machine starts processes slowly

const open: TinyEngine[] = [];
const tiny = (...options: Parameters<typeof tinyEngine>): TinyEngine => {
  const made = tinyEngine(...options);
  open.push(made);
  return made;
};
afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.remove()));
});
const alive = (pids: readonly number[]) => pids.filter((pid) => startTimeOf(pid) !== undefined);
const soon = <T>(check: () => T | Promise<T>) => vi.waitFor(check, { timeout: 15_000, interval: 50 });

describe('after a kill -9 of the supervisor', () => {
  it('the children end by themselves and the next start finds a clean house', async () => {
    const subject = tiny();
    const { status } = await subject.up();
    process.kill(status.supervisorPid ?? 0, 'SIGKILL');
    await soon(() => expect(alive(pidsOf(status))).toEqual([]));
    expect(existsSync(subject.engine.home.stateFile)).toBe(true);
    expect(await subject.engine.status()).toBeUndefined();
    const again = await subject.up();
    expect(again.started).toBe(true);
    expect(again.status.instances.every((instance) => instance.state === 'ready')).toBe(true);
  });

  it('a child that stayed is ended by the next start, also one the state file does not know', async () => {
    const subject = tiny();
    const { status } = await subject.up();
    const env = { ...process.env, [HOME_MARKER]: subject.engine.home.dir };
    const unknown = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { env, stdio: 'ignore' });
    const stuck = pidsOf(status)[1] ?? 0;
    process.kill(stuck, 'SIGSTOP'); // cannot notice anything
    process.kill(status.supervisorPid ?? 0, 'SIGKILL');
    await soon(() => expect(alive(pidsOf(status))).toEqual([stuck]));
    const again = await subject.up();
    expect(alive([stuck, ...(process.platform === 'linux' ? [unknown.pid ?? 0] : [])])).toEqual([]);
    expect(again.status.instances).toHaveLength(4);
    unknown.kill();
  });

  it('`down` cleans up as well', async () => {
    const subject = tiny();
    const { status } = await subject.up();
    process.kill(status.supervisorPid ?? 0, 'SIGKILL');
    await subject.engine.down();
    expect(alive(pidsOf(status))).toEqual([]);
    expect(existsSync(subject.engine.home.stateFile)).toBe(false);
  });
});

describe('a stale state file', () => {
  it('whose numbers now belong to somebody else harms nobody', async () => {
    const subject = tiny();
    const bystander = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    const { home } = subject.engine;
    mkdirSync(home.dir, { recursive: true });
    const ghost = { pid: bystander.pid, startTime: 'long ago' };
    writeFileSync(home.lockFile, JSON.stringify(ghost));
    writeFileSync(
      home.stateFile,
      JSON.stringify({ version: 1, supervisor: ghost, instances: [{ ...ghost, id: 'x-1' }] }),
    );
    expect((await subject.up()).started).toBe(true);
    expect(alive([bystander.pid ?? 0])).toHaveLength(1);
    bystander.kill();
  });

  it('that is no JSON is no obstacle', async () => {
    const subject = tiny();
    mkdirSync(subject.engine.home.dir, { recursive: true });
    writeFileSync(subject.engine.home.stateFile, '{"version":1,');
    writeFileSync(subject.engine.home.lockFile, '');
    expect((await subject.up()).started).toBe(true);
  });
});
