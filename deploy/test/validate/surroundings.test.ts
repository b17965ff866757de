import { describe, expect, it } from 'vitest';
import type { LogLine } from '../../src/engines/engine.ts';
import { deployErrors } from '../../src/errors.ts';
import type { System } from '../../src/model/types.ts';
import type { Answer, Check, Result } from '../../src/validate/check.ts';
import { door } from '../../src/validate/door.ts';
import { isolation } from '../../src/validate/isolation.ts';
import { loadBalancer } from '../../src/validate/load-balancer.ts';
import { logErrors } from '../../src/validate/log-errors.ts';
import { runChecks } from '../../src/validate/run-checks.ts';
import { composed } from '../validators/support/composed.ts';
import { contextOf, NOW_MS, type Said } from './fake-engine.ts';
import { smallSystem } from './small-system.ts';

const system = smallSystem();

async function run(check: Check, said: Said = {}, of: System = system): Promise<Result[]> {
  return runChecks([check], await contextOf(of, said));
}

describe('the load balancer', () => {
  const seeing = (instances: number, healthy = true) => {
    const upstream = { service: 'lucid-api', instances, healthy, circuit: healthy ? 'closed' : 'open' };
    const body = JSON.stringify({ status: 'healthy', upstreams: [upstream] });
    return run(loadBalancer, { capture: () => ({ stdout: `200\n${body}\n` }) });
  };

  it('is well when the gateway sees every replica', async () => {
    expect(await seeing(2)).toEqual([
      { check: 'load balancer', subject: 'lucid-api', verdict: 'ok', detail: 'lucid-gateway-1 sees 2 of 2' },
    ]);
  });

  it('fails when it sees fewer, or more, or has cut them off', async () => {
    for (const results of [await seeing(1), await seeing(3), await seeing(2, false)])
      expect(results).toMatchObject([{ verdict: 'failed' }]);
  });

  it('fails when it still sees one that does not run any more', async () => {
    const body = JSON.stringify({
      upstreams: [{ service: 'lucid-api', instances: 2, healthy: true, circuit: 'closed' }],
    });
    const said: Said = {
      capture: () => ({ stdout: `200\n${body}\n` }),
      changed: { 'lucid-api-2': { state: 'stopped' } },
    };
    expect(await run(loadBalancer, said)).toMatchObject([
      { verdict: 'failed', detail: 'lucid-gateway-1 sees 2 of 2, but 1 run' },
    ]);
  });

  it('counts all that share a name', async () => {
    const body = JSON.stringify({
      upstreams: [{ service: 'lucid-blockchain-engine', instances: 4, healthy: true, circuit: 'closed' }],
    });
    const said: Said = { capture: () => ({ stdout: `200\n${body}\n` }) };
    expect(await run(loadBalancer, said, composed('dev', 4))).toMatchObject([
      { verdict: 'ok', detail: 'lucid-api-gateway-1 sees 4 of 4' },
    ]);
    expect(await run(loadBalancer, said, composed('dev', 7))).toMatchObject([{ verdict: 'failed' }]);
  });

  it('is unknown when no gateway can be asked', async () => {
    const elsewhere = deployErrors.elsewhere('lucid-gateway-1', 'n3');
    const results = await run(loadBalancer, {
      capture: () => {
        throw elsewhere;
      },
    });
    expect(results).toMatchObject([{ verdict: 'unknown', detail: elsewhere.message }]);
  });
});

describe('the door', () => {
  const publicUrl = 'http://127.0.0.1:1';
  const answering = (answers: (url: string) => number) =>
    run(door, { publicUrl, get: async (url): Promise<Answer> => ({ status: answers(url), body: '' }) });

  it('answers, and refuses what is for the inside', async () => {
    const results = await answering((url) => (url.endsWith('/health') ? 200 : 404));
    expect(results.map(({ verdict }) => verdict)).toEqual(['ok', 'ok', 'ok', 'ok']);
  });

  it('fails when it shows metrics to strangers', async () => {
    const results = await answering((url) => (url.endsWith('/internal') ? 403 : 200));
    expect(results.find(({ subject }) => subject.endsWith('/metrics'))).toMatchObject({
      verdict: 'failed',
      detail: 'answers 200 to strangers',
    });
  });

  it('is not asked where none is known, which on Kubernetes does not mean that there is none', async () => {
    expect(await run(door)).toMatchObject([{ verdict: 'ok', detail: 'there is none: nothing is published' }]);
    expect(await run(door, { name: 'kubernetes' })).toMatchObject([{ verdict: 'unknown' }]);
  });

  it('takes being too busy for no refusal, and no answer for a failure of the door alone', async () => {
    const busy = await answering((url) => (url.endsWith('/health') ? 200 : 429));
    expect(busy.map(({ verdict }) => verdict)).toEqual(['ok', 'unknown', 'unknown', 'unknown']);
    const shut = await run(door, { publicUrl }); // nothing listens on port 1
    expect(shut.map(({ verdict }) => verdict)).toEqual(['failed', 'unknown', 'unknown', 'unknown']);
    expect(shut[0]?.detail).toContain('ECONNREFUSED');
  });
});

describe('logs', () => {
  const line = (instance: string, text: string, minutesAgo: number): LogLine => ({
    instance,
    text,
    timeMs: NOW_MS - minutesAgo * 60_000,
  });
  const error = JSON.stringify({ level: 'error', msg: 'the store is away', password: '[redacted]' });

  it('are well without errors, unknown without lines', async () => {
    const results = await run(logErrors, { logs: [line('lucid-api-1', '{"level":"info","msg":"up"}', 1)] });
    expect(results).toContainEqual({
      check: 'logs',
      subject: 'lucid-api-1',
      verdict: 'ok',
      detail: 'no errors in its last lines',
    });
    expect(results.find(({ subject }) => subject === 'lucid-api-2')).toMatchObject({ verdict: 'unknown' });
  });

  it('fail for errors of the last ten minutes, with the newest message', async () => {
    const older = JSON.stringify({ level: 'fatal', msg: 'gave up' });
    const logs = [line('lucid-api-1', older, 5), line('lucid-api-1', error, 2)];
    const results = await run(logErrors, { logs });
    expect(results.find(({ subject }) => subject === 'lucid-api-1')).toMatchObject({
      verdict: 'failed',
      detail: '1 fatal and 1 error in the last 10 minutes, the newest: the store is away',
    });
  });

  it('tell older errors without failing', async () => {
    const results = await run(logErrors, { logs: [line('lucid-api-1', error, 30)] });
    expect(results.find(({ subject }) => subject === 'lucid-api-1')).toMatchObject({
      verdict: 'ok',
      detail: '1 error longer ago or while it started, the newest: the store is away',
    });
  });
});

describe('logs of a server that is not ours', () => {
  const complain = (minutesAgo: number) =>
    run(logErrors, {
      changed: { 'lucid-mongodb-1': { startedAt: new Date(NOW_MS - 5 * 60_000).toISOString() } },
      logs: [
        {
          instance: 'lucid-mongodb-1',
          text: 'level=error msg="no leader"',
          timeMs: NOW_MS - minutesAgo * 60_000,
        },
      ],
    });

  it('may complain in its first minute, and not later', async () => {
    const verdict = (results: Result[]) =>
      results.find(({ subject }) => subject === 'lucid-mongodb-1')?.verdict;
    expect(verdict(await complain(4.5))).toBe('ok');
    expect(verdict(await complain(3.5))).toBe('failed');
  });
});

describe('isolation', () => {
  /** Of a neighbour, of the wallet by its address and by its name. */
  const connecting = (...words: readonly string[]) =>
    run(isolation, { capture: () => ({ stdout: JSON.stringify(words) }) });

  it('holds when a neighbour can be reached and the wallet plane cannot', async () => {
    expect(await connecting('connected', 'EHOSTUNREACH', 'ENOTFOUND')).toEqual([
      {
        check: 'isolation',
        subject: 'small-wallet-network',
        verdict: 'ok',
        detail: 'publishes nothing',
      },
      {
        check: 'isolation',
        subject: 'lucid-wallet-1',
        verdict: 'ok',
        detail: 'not reached from any of 3 containers: EHOSTUNREACH',
      },
    ]);
  });

  it('fails when the wallet plane answers, by its address or by its name', async () => {
    for (const words of [
      ['connected', 'ENOTFOUND'],
      ['EHOSTUNREACH', 'connected'],
    ])
      expect((await connecting('connected', ...words))[1]).toMatchObject({ verdict: 'failed' });
  });

  it('fails when it answers a single one of all containers', async () => {
    const said = (id: string) => (id === 'lucid-api-2' ? 'connected' : 'EHOSTUNREACH');
    const capture = (id: string) => ({ stdout: JSON.stringify(['connected', said(id), 'ENOTFOUND']) });
    expect((await run(isolation, { capture }))[1]).toMatchObject({
      verdict: 'failed',
      detail: 'lucid-api-2 can connect to it',
    });
  });

  it('holds by those that can be asked, when others are on other nodes', async () => {
    const capture = (id: string) => {
      if (id !== 'lucid-api-2') throw deployErrors.elsewhere(id, 'n3');
      return { stdout: JSON.stringify(['connected', 'EHOSTUNREACH', 'ENOTFOUND']) };
    };
    expect((await run(isolation, { capture }))[1]).toMatchObject({
      verdict: 'ok',
      detail: 'not reached from lucid-api-2: EHOSTUNREACH; 2 could not be asked',
    });
  });

  it('is unknown when nothing can be reached at all: then the failures prove nothing', async () => {
    expect((await connecting('EHOSTUNREACH', 'EHOSTUNREACH', 'ENOTFOUND'))[1]).toMatchObject({
      verdict: 'unknown',
    });
  });

  it('fails for an internal network that publishes', async () => {
    const services = system.services.map((service) =>
      service.plane === 'wallet'
        ? {
            ...service,
            publishedPorts: [{ host: '0.0.0.0', port: 1, lastPort: 1, target: 1, protocol: 'tcp' as const }],
          }
        : service,
    );
    const [first] = await run(isolation, {}, { ...system, services });
    expect(first).toMatchObject({ verdict: 'failed', detail: 'lucid-wallet publish from it' });
  });

  it('is unknown for plain processes, and beside the point while nothing of the plane runs', async () => {
    expect((await run(isolation, { name: 'process' }))[1]).toMatchObject({ verdict: 'unknown' });
    const gone = { changed: { 'lucid-wallet-1': undefined } };
    expect((await run(isolation, gone))[1]).toMatchObject({
      verdict: 'ok',
      detail: 'nothing of it is running',
    });
  });
});
