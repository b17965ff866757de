import { appendFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { Result } from '../../src/validate/check.ts';
import { checks } from '../../src/validate/checks.ts';
import { lookAt, runChecks } from '../../src/validate/run-checks.ts';
import { tinyEngine } from '../support/tiny-engine.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const tiny = tinyEngine();
const refusal = join(tiny.dir, 'refuse');

async function validated(): Promise<Result[]> {
  return runChecks(checks, await lookAt(tiny.engine, Date.now()));
}
const failed = (results: readonly Result[]) => results.filter(({ verdict }) => verdict === 'failed');

beforeAll(async () => {
  await tiny.up({ env: [`lucid-tiny-right:REFUSE_WHILE=${refusal}`] });
  await tiny.engine.scale('lucid-tiny-left', 2);
});
afterAll(() => tiny.remove());

it('finds everything as it was asked for, with the counts of now', async () => {
  const results = await validated();
  expect(failed(results)).toEqual([]);
  expect(results).toContainEqual({
    check: 'replicas',
    subject: 'lucid-tiny-left',
    verdict: 'ok',
    detail: '2 of 2 ready',
  });
  const healthy = results.filter(({ check, verdict }) => check === 'health' && verdict === 'ok');
  expect(healthy.map(({ subject }) => subject)).toEqual([
    'lucid-tiny-store-1',
    'lucid-tiny-left-1, -2',
    'lucid-tiny-right-1',
    'lucid-tiny-door-1',
  ]);
});

it('sees at once that a service refuses work, before any probe of the engine has', async () => {
  writeFileSync(refusal, '');
  const health = failed(await validated()).filter(({ check }) => check === 'health');
  rmSync(refusal);
  expect(health).toMatchObject([
    { subject: 'lucid-tiny-right-1', detail: '/health/ready answers 503 store is away' },
  ]);
});

it('reads errors out of the real log files', async () => {
  const line = { level: 50, time: Date.now(), msg: 'the disk is full' };
  appendFileSync(join(tiny.engine.home.logsDir, 'lucid-tiny-left-2.log'), `${JSON.stringify(line)}\n`);
  expect(failed(await validated()).filter(({ check }) => check === 'logs')).toMatchObject([
    {
      subject: 'lucid-tiny-left-2',
      detail: '1 error in the last 10 minutes, the newest: the disk is full',
    },
  ]);
});

it('says where an extra port is when all instances share one address', async () => {
  const shared = tinyEngine({ addresses: 'ports' });
  try {
    await shared.up();
    const results = await runChecks(checks, await lookAt(shared.engine, Date.now()));
    expect(results.filter(({ check, verdict }) => check === 'health' && verdict === 'ok')).toHaveLength(4);
  } finally {
    await shared.remove();
  }
});
