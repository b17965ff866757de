import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { seededRandom } from '@lucid/clock';
import { eventually } from '@lucid/testing';
import { describe, expect, it, vi } from 'vitest';
import { testGround } from './support/ground.ts';
import { claimAllOf } from './support/processor.ts';
import { twoRecorders } from './support/two-recorders.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const MIB = 1024 * 1024;
const ground = testGround('ownership');
const input = seededRandom('recorder').bytes(3 * MIB + 12_345);

describe('ownership', () => {
  it('sends callers to the owner, passes to another when it is silent, and fences it when it returns', async () => {
    const { a, b, folderOfA, end } = await twoRecorders(ground, 'owners', { OWNER_LEASE_SECONDS: '2' });
    try {
      const one = ground.clientOf(a);
      const other = ground.clientOf(b, one);
      await one.start();
      expect((await one.patch(0, input.subarray(0, 2.5 * MIB))).durable).toBe(2.5 * MIB);
      expect(await other.head()).toMatchObject({ status: 421, ownerAddress: a.address });
      expect(await other.patch(0, input)).toMatchObject({ status: 421, ownerAddress: a.address });
      const [first] = await claimAllOf(one, 2, 3000);
      if (!first) throw new Error('no claim');
      expect(first.sequence_number).toBe(1);
      expect((await one.complete(first)).status).toBe(204);

      process.kill(a.pid, 'SIGSTOP');
      const taken = await eventually(
        'the other recorder takes over',
        async () => {
          const offsets = await other.head();
          return offsets.status === 200 ? offsets : undefined;
        },
        { timeoutMs: 40_000, pauseMs: 200 },
      );
      expect(taken).toMatchObject({ durable: MIB, stored: MIB });
      expect(await other.patch(MIB, input.subarray(MIB))).toMatchObject({ durable: input.length });

      process.kill(a.pid, 'SIGCONT');
      await eventually(
        'the old owner sets its files aside',
        () => existsSync(join(folderOfA, 'orphaned')) && !existsSync(join(folderOfA, one.sessionId)),
      );
      expect(await one.patch(2.5 * MIB, 'x')).toMatchObject({ status: 421, ownerAddress: b.address });
      const stopped = await other.stop();
      expect(stopped).toMatchObject({ chunks_sealed: 4, durable_offset: input.length });
      const rest = await claimAllOf(other, 3);
      expect(rest.map((chunk) => chunk.recorder_address)).toEqual([b.address, b.address, b.address]);
    } finally {
      process.kill(a.pid, 'SIGCONT');
      await end();
    }
  });

  it('stores all of a recording before it is stopped, so that a client can send again what was lost', async () => {
    const { a, b, end } = await twoRecorders(ground, 'wholes', { OWNER_LEASE_SECONDS: '1' });
    try {
      const size = 1.5 * MIB;
      const one = ground.clientOf(a);
      await one.start();
      expect(await one.patchLast(0, input.subarray(0, size))).toMatchObject({ durable: size, stored: 0 });
      const sealed = await eventually('its chunks are registered', async () => {
        const recording = await one.get();
        return recording.chunks_sealed === 2 ? recording : undefined;
      });
      expect(sealed.status).toBe('recording');
      await a.kill(); // with the only copy
      const other = ground.clientOf(b, one);
      await eventually('another has it', async () => (await other.head()).status === 200, {
        timeoutMs: 20_000,
      });
      expect(await other.head()).toMatchObject({ durable: 0, stored: 0 });
      expect(await other.patchLast(0, input.subarray(0, size))).toMatchObject({ durable: size });
      for (const chunk of await claimAllOf(other, 2)) expect((await other.complete(chunk)).status).toBe(204);
      expect(await other.patchLast(size, Buffer.alloc(0))).toMatchObject({ durable: size, stored: size });
      expect(await other.stop()).toMatchObject({ chunks_sealed: 2, chunks_stored: 2, durable_offset: size });
    } finally {
      await end();
    }
  });

  it('lets a stop wait for an owner that holds acknowledged bytes', async () => {
    const environment = { OWNER_LEASE_SECONDS: '1', OWNER_GRACE_SECONDS: '2' };
    const { a, b, end } = await twoRecorders(ground, 'stops', environment);
    try {
      const one = ground.clientOf(a);
      await one.start();
      await one.patch(0, input.subarray(0, 1.5 * MIB));
      await a.kill();
      await delay(1100);
      one.address = b.address;
      const early = await one.asPipeline('POST', `/recordings/${one.sessionId}/stop`);
      expect([early.status, ((await early.json()) as { error: { code: string } }).error.code]).toEqual([
        503,
        'LUCID_ERR_7109',
      ]);
      const late = await eventually('the grace is over', async () => {
        const answer = await one.asPipeline('POST', `/recordings/${one.sessionId}/stop`);
        return answer.status === 200 ? answer : undefined;
      });
      expect(await late.json()).toMatchObject({
        status: 'failed',
        error: expect.stringContaining('did not come back'),
      });
    } finally {
      await end();
    }
  });
});
