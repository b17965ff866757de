import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { seededRandom } from '@lucid/clock';
import { eventually } from '@lucid/testing';
import { expect, it, vi } from 'vitest';
import { testGround } from './support/ground.ts';
import { collect } from './support/processor.ts';
import { startProxy } from './support/proxy.ts';

vi.setConfig({ testTimeout: 30_000, hookTimeout: 60_000 });

const MIB = 1024 * 1024;
const ground = testGround('faults');
const input = seededRandom('faults').bytes(8 * MIB);

it('goes on recording while MongoDB is away and registers afterwards', async () => {
  const database = new URL(ground.mongoUri('outage'));
  const proxy = await startProxy({ host: database.hostname, port: Number(database.port) });
  database.host = `127.0.0.1:${proxy.port}`;
  const dataDir = join(ground.folder, 'outage');
  const recorder = await ground.spawn({ mongoUri: database.toString(), dataDir });
  try {
    const one = ground.clientOf(recorder);
    await one.start();
    await one.patch(0, input.subarray(0, 1.5 * MIB));
    proxy.cut();
    for (let at = 1.5 * MIB; at < 6.5 * MIB; at += MIB)
      expect(await one.patch(at, input.subarray(at, at + MIB))).toMatchObject({
        status: 204,
        durable: at + MIB,
      });
    expect(readdirSync(join(dataDir, one.sessionId))).toContain('000006.chunk');
    const answer = await one.asPipeline('POST', `/recordings/${one.sessionId}/stop`);
    expect(answer.status).toBe(503);
    expect(await one.patch(6.5 * MIB, input.subarray(6.5 * MIB))).toMatchObject({ status: 204 });
    proxy.mend();
    const stopped = await eventually('it can be stopped', () => one.stop());
    expect(stopped).toMatchObject({ status: 'stopped', chunks_sealed: 8, durable_offset: input.length });
    expect(await collect(one, 8)).toEqual(input);
  } finally {
    proxy.mend();
    await recorder.stop();
    await proxy.close();
  }
}, 120_000);

it('ends a running upload when it is told to stop, and goes on after the restart', async () => {
  const mongoUri = ground.mongoUri('restart');
  const dataDir = join(ground.folder, 'restart');
  const recorder = await ground.spawn({ mongoUri, dataDir });
  const one = ground.clientOf(recorder);
  await one.start();
  const { promise: never } = Promise.withResolvers<void>();
  const upload = one.patch(
    0,
    (async function* () {
      yield input.subarray(0, 1.5 * MIB);
      await never;
    })(),
  );
  await eventually('the bytes are durable', async () => (await one.head()).durable === 1.5 * MIB);
  const code = recorder.stop();
  expect(await upload).toMatchObject({ status: 503, durable: 1.5 * MIB });
  expect(await code).toBe(0);
  const next = await ground.spawn({ mongoUri, dataDir, port: recorder.port });
  try {
    expect(await one.head()).toMatchObject({ durable: 1.5 * MIB });
    await one.patch(1.5 * MIB, input.subarray(1.5 * MIB));
    expect(await one.stop()).toMatchObject({ chunks_sealed: 8 });
    expect(await collect(one, 8)).toEqual(input);
  } finally {
    await next.stop();
  }
}, 60_000);

const canMount = process.platform === 'linux' && process.getuid?.() === 0;

it.skipIf(!canMount)(
  'answers 507 on a disk that is really full and still delivers what it acknowledged (needs root to mount a tmpfs)',
  async () => {
    const dataDir = join(ground.folder, 'small');
    mkdirSync(dataDir);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=5m', 'none', dataDir]);
    try {
      const recorder = await ground.spawn({
        mongoUri: ground.mongoUri('full'),
        dataDir,
      });
      try {
        const one = ground.clientOf(recorder);
        await one.start();
        expect((await one.patch(0, input.subarray(0, 2.5 * MIB))).durable).toBe(2.5 * MIB);
        const full = await one.patch(2.5 * MIB, input.subarray(2.5 * MIB));
        expect(full).toMatchObject({ status: 507, code: 'LUCID_ERR_7105' });
        expect(full.durable).toBeGreaterThanOrEqual(2.5 * MIB);
        const failed = await eventually('the failure is written down', async () => {
          const recording = await one.get();
          return recording.error ? recording : undefined;
        });
        expect(failed).toMatchObject({ status: 'failed', error: expect.stringContaining('disk_full') });
        expect(await one.patch(full.durable, 'x')).toMatchObject({ status: 409, code: 'LUCID_ERR_7102' });
        expect(await one.stop()).toMatchObject({ status: 'failed', durable_offset: full.durable });
        const chunks = Math.ceil(full.durable / MIB);
        expect(await collect(one, chunks)).toEqual(input.subarray(0, full.durable));
      } finally {
        await recorder.stop();
      }
    } finally {
      execFileSync('umount', [dataDir]);
    }
  },
  60_000,
);
