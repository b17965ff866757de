import { describe, expect, it } from 'vitest';
import type { Check, Result } from '../../src/validate/check.ts';
import { health } from '../../src/validate/health.ts';
import { limits } from '../../src/validate/limits.ts';
import { memory } from '../../src/validate/memory.ts';
import { replicas } from '../../src/validate/replicas.ts';
import { contextOf, instance, MIB, NOW_MS, type Said } from './fake-engine.ts';
import { smallSystem } from './small-system.ts';

const system = smallSystem();
const api = system.services.find(({ name }) => name === 'lucid-api');
if (!api) throw new Error('the small system has no api');

async function about(check: Check, subject: string, said: Said = {}): Promise<Result[]> {
  const results = await check.run(await contextOf(system, said));
  return results.filter((result) => result.subject.startsWith(subject));
}

describe('replicas', () => {
  it('are right when as many are ready as were asked for, and the job has ended', async () => {
    const results = await replicas.run(await contextOf(system));
    expect(results.map(({ verdict }) => verdict)).toEqual(system.services.map(() => 'ok'));
    expect(results.find(({ subject }) => subject === 'lucid-api')?.detail).toBe('2 of 2 ready');
    expect(results.find(({ subject }) => subject === 'lucid-redis-init')?.detail).toBe('has ended');
  });

  it('fail when one is missing or not ready, naming it', async () => {
    const [missing] = await about(replicas, 'lucid-api', { changed: { 'lucid-api-2': undefined } });
    expect(missing).toMatchObject({ verdict: 'failed', detail: '1 of 2 ready' });
    const [paused] = await about(replicas, 'lucid-api', {
      changed: { 'lucid-api-2': { state: 'stopping' } },
    });
    expect(paused).toMatchObject({ verdict: 'failed', detail: '1 of 2 ready, lucid-api-2 is stopping' });
  });

  it('fail when there are more than wanted, or some that nobody wanted', async () => {
    const [extra] = await about(replicas, 'lucid-api', { more: [instance(api, 3)] });
    expect(extra).toMatchObject({ verdict: 'failed', detail: '3 of 2 ready, 1 more than wanted' });
    const [stranger] = await about(replicas, 'lucid-left-over', {
      more: [instance({ ...api, name: 'lucid-left-over' }, 1)],
    });
    expect(stranger).toMatchObject({ verdict: 'failed', detail: 'ready, but nobody asked for it' });
  });

  it('fail for a job that still runs or has failed', async () => {
    const job = { ...api, name: 'lucid-redis-init' };
    const [left] = await about(replicas, 'lucid-redis-init', {
      more: [{ ...instance(job, 1), state: 'failed' }],
    });
    expect(left).toMatchObject({ verdict: 'failed', detail: 'lucid-redis-init-1 is failed' });
  });

  it('tell restarts, and fail them only while they go on', async () => {
    const restartedAt = (minutesAgo: number, restarts: number) =>
      about(replicas, 'lucid-api', {
        changed: {
          'lucid-api-1': { restarts, startedAt: new Date(NOW_MS - minutesAgo * 60_000).toISOString() },
        },
      });
    expect(await restartedAt(1, 2)).toMatchObject([
      { verdict: 'ok', detail: '2 of 2 ready, lucid-api-1 restarted 2 times' },
    ]);
    expect(await restartedAt(1, 6)).toMatchObject([{ verdict: 'failed' }]);
    expect(await restartedAt(60, 6)).toMatchObject([{ verdict: 'ok' }]);
  });
});

describe('memory', () => {
  const taking = (share: number) =>
    about(memory, 'lucid-api', { changed: { 'lucid-api-1': { rssBytes: share * 512 * MIB } } });

  it('is told against the limit, all replicas that are well in one line', async () => {
    expect(await about(memory, 'lucid-api')).toEqual([
      { check: 'memory', subject: 'lucid-api-1, -2', verdict: 'ok', detail: '64 of 512 MiB' },
    ]);
  });

  it('is remarked on from 80 % and fails from 95 %', async () => {
    const [near] = await taking(0.8);
    expect(near).toMatchObject({ verdict: 'ok' });
    expect(near?.detail).toContain('410 of 512 MiB, 80 %: near its limit');
    expect(await taking(0.95)).toContainEqual({
      check: 'memory',
      subject: 'lucid-api-1',
      verdict: 'failed',
      detail: '486 of 512 MiB, 95 %',
    });
  });

  it('is unknown, not 0, when the engine cannot tell', async () => {
    const changed = { 'lucid-api-1': { rssBytes: undefined } };
    expect(await about(memory, 'lucid-api', { changed })).toContainEqual({
      check: 'memory',
      subject: 'lucid-api-1',
      verdict: 'unknown',
      detail: 'the engine cannot tell',
    });
  });

  it('of a process is also held against what is expected of it', async () => {
    const said = { name: 'process', changed: { 'lucid-api-1': { rssBytes: 200 * MIB } } };
    const [told] = await about(memory, 'lucid-api', said);
    expect(told).toMatchObject({ verdict: 'ok', detail: '200 of 512 MiB, 140 expected; 64 of 512 MiB' });
  });
});

describe('limits', () => {
  const reading = (text: string) => about(limits, 'lucid-api', { capture: () => ({ stdout: `${text}\n` }) });

  it('are what the kernel tells inside the container', async () => {
    expect(await reading(String(512 * MIB))).toMatchObject([{ verdict: 'ok', detail: '512 MiB' }]);
    expect(await reading(String(256 * MIB))).toMatchObject([
      { verdict: 'failed', detail: '256 MiB, 512 MiB is drawn' },
    ]);
  });

  it('fail when there is none, in the words of either kind of cgroup', async () => {
    for (const none of ['max', '9223372036854771712'])
      expect(await reading(none)).toMatchObject([
        { verdict: 'failed', detail: 'has no limit, 512 MiB is drawn' },
      ]);
  });

  it('are unknown when nothing can be read', async () => {
    expect(await reading('')).toMatchObject([{ verdict: 'unknown' }]);
  });
});

describe('health', () => {
  const probing = (capture: Said['capture']) =>
    about(health, 'lucid-api', capture === undefined ? {} : { capture });

  it('runs the probe of the model inside every container', async () => {
    const asked: string[] = [];
    const results = await probing((id, command) => {
      asked.push(`${id}: ${command.join(' ')}`);
      return {};
    });
    expect(results).toMatchObject([{ subject: 'lucid-api-1, -2', verdict: 'ok' }]);
    expect(asked).toContain('lucid-api-2: /nodejs/bin/node /app/healthcheck.mjs');
    expect(asked).toContain('lucid-redis-1: redis-cli ping');
  });

  it('fails with what the probe says', async () => {
    const results = await probing((id) =>
      id === 'lucid-api-2' ? { exitCode: 1, stdout: '/health/ready: 503\n' } : {},
    );
    expect(results).toMatchObject([
      { subject: 'lucid-api-1', verdict: 'ok' },
      { subject: 'lucid-api-2', verdict: 'failed', detail: 'the probe fails: /health/ready: 503' },
    ]);
  });

  it('is unknown when the probe could not be run, here or at all', async () => {
    const results = await probing((id) => {
      if (id === 'lucid-api-1') throw new Error('lucid-api-1 runs on node n2');
      return { exitCode: 1, stderr: 'Error response from daemon: Container is restarting' };
    });
    expect(results).toMatchObject([
      { verdict: 'unknown', detail: 'lucid-api-1 runs on node n2' },
      { verdict: 'unknown', detail: 'Error response from daemon: Container is restarting' },
    ]);
  });

  it('fails for an instance that does not run, without asking it', async () => {
    const said: Said = { changed: { 'lucid-api-2': { state: 'failed' } } };
    expect(await about(health, 'lucid-api-2', said)).toMatchObject([
      { verdict: 'failed', detail: 'is failed' },
    ]);
  });
});
