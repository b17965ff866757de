import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { seededRandom } from '@lucid/clock';
import { eventually, FakeClock, temporaryFolder } from '@lucid/testing';
import { afterAll, describe, expect, it } from 'vitest';
import { UploadRate } from '../src/domain/upload-rate.ts';
import { failingDisk } from './support/failing-disk.ts';
import { contentOf, streamOf, writerOver } from './support/writer.ts';

const root = temporaryFolder('writer');
afterAll(() => root.remove());
let folders = 0;
const folder = () => join(root.path, String(++folders));

const bytes = (size: number, seed: number | string) => seededRandom(seed).bytes(size);

describe('a session writer', () => {
  it('cuts chunks at exactly the chunk size and returns the input when they are put together', async () => {
    for (const size of [0, 1, 999, 1000, 1001, 3000, 10_240]) {
      const rig = await writerOver(folder(), 1000);
      const input = bytes(size, size);
      expect(await rig.writer.append(streamOf(input, 333), 0)).toEqual({ kind: 'ended' });
      expect(rig.writer.durableOffset).toBe(size);
      expect(await rig.writer.stop()).toBe(true);
      expect(contentOf(rig)).toEqual(input);
      expect(rig.sealed.map((chunk) => chunk.offset)).toEqual(
        Array.from({ length: Math.ceil(size / 1000) }, (_, index) => index * 1000),
      );
    }
  });

  it('cuts the open chunk when it is told to, and takes more afterwards', async () => {
    const rig = await writerOver(folder(), 1000);
    const input = bytes(2500, 'seal');
    await rig.writer.append(streamOf(input.subarray(0, 1200), 333), 0);
    expect(rig.sealed.map(({ sizeBytes }) => sizeBytes)).toEqual([1000]);
    expect(await rig.writer.seal()).toBe(true);
    expect(await rig.writer.seal()).toBe(true); // nothing is open any more
    expect(rig.sealed.map(({ sizeBytes }) => sizeBytes)).toEqual([1000, 200]);
    await rig.writer.append(streamOf(input.subarray(1200), 333), 1200);
    await rig.writer.stop();
    expect(rig.sealed.map(({ sizeBytes }) => sizeBytes)).toEqual([1000, 200, 1000, 300]);
    expect(contentOf(rig)).toEqual(input);
  });

  it('keeps what arrived when uploads break at random places and reopens where it was', async () => {
    const seed = Date.now();
    process.stdout.write(`seed of broken uploads: ${seed}\n`);
    const random = seededRandom(seed);
    const input = bytes(300_000, seed);
    let rig = await writerOver(folder(), 16_384);
    for (let at = 0; at < input.length; ) {
      const until = Math.min(input.length, at + Math.ceil(random.fraction() * 60_000));
      const source = new PassThrough();
      const ended = rig.writer.append(source, at);
      source.write(Buffer.from(input.subarray(at, until)));
      await eventually('everything sent is received', () => source.readableLength === 0);
      const isBroken = random.fraction() < 0.5;
      isBroken ? source.destroy() : source.end();
      expect((await ended).kind).toBe(isBroken ? 'broken' : 'ended');
      at = rig.writer.durableOffset;
      expect(at).toBe(until);
      if (random.fraction() < 0.3) {
        await rig.writer.close('draining');
        rig = await writerOver(rig.path, 16_384, { sealed: rig.sealed });
        expect(rig.writer.durableOffset).toBe(at);
      }
    }
    await rig.writer.stop();
    expect(contentOf(rig)).toEqual(input);
  });

  it('refuses another offset, a second upload, and bytes after the stop', async () => {
    const rig = await writerOver(folder(), 1000);
    await rig.writer.append(streamOf(bytes(10, 1)), 0);
    await expect(rig.writer.append(streamOf(bytes(10, 1)), 9)).rejects.toMatchObject({ code: 7103 });
    await expect(rig.writer.append(streamOf(bytes(10, 1)), 11)).rejects.toMatchObject({ code: 7103 });
    const open = new PassThrough();
    const running = rig.writer.append(open, 10);
    await expect(rig.writer.append(streamOf(bytes(10, 1)), 10)).rejects.toMatchObject({ code: 7104 });
    open.write(bytes(5, 2));
    await eventually('the bytes are received', () => open.readableLength === 0);
    await rig.writer.stop();
    expect(await running).toEqual({ kind: 'interrupted', reason: 'stop' });
    expect(rig.writer.durableOffset).toBe(15);
    await expect(rig.writer.append(streamOf(bytes(10, 1)), 15)).rejects.toMatchObject({ code: 7102 });
  });

  it('takes bytes up to the largest size, refuses the rest, and can still be stopped', async () => {
    const rig = await writerOver(folder(), 1000, { maxSizeBytes: 2500 });
    const input = bytes(4000, 3);
    expect(await rig.writer.append(streamOf(input), 0)).toMatchObject({
      kind: 'failed',
      error: { code: 7107 },
    });
    expect(rig.writer.durableOffset).toBe(2500);
    expect(await rig.writer.append(streamOf(input), 2500)).toMatchObject({ error: { code: 7107 } });
    expect(await rig.writer.append(streamOf(Buffer.alloc(0)), 2500)).toEqual({ kind: 'ended' });
    expect(await rig.writer.stop()).toBe(true);
    expect(contentOf(rig)).toEqual(input.subarray(0, 2500));
  });

  it('cuts a chunk that got old, makes a slow stream durable, and ends a silent upload', async () => {
    const clock = new FakeClock();
    const rig = await writerOver(folder(), 1000, {
      clock,
      rules: { chunkSizeBytes: 1000, maxAgeMs: 5000, plannedEnds: [] },
    });
    const open = new PassThrough();
    const running = rig.writer.append(open, 0);
    open.write(bytes(100, 1));
    await eventually('the bytes are written', async () => {
      await rig.writer.tick(60_000);
      return rig.writer.durableOffset === 100;
    });
    expect(rig.sealed).toHaveLength(0);
    await clock.advance(5000);
    await rig.writer.tick(60_000);
    await eventually('the old chunk is sealed', () => rig.sealed.length === 1);
    await clock.advance(60_000);
    await rig.writer.tick(60_000);
    expect(await running).toEqual({ kind: 'interrupted', reason: 'idle' });
    expect(rig.writer.durableOffset).toBe(100);
  });
});

describe('a slow stream', () => {
  it('of a byte a second is cut every 300 seconds', async () => {
    const clock = new FakeClock();
    const rig = await writerOver(folder(), 10_485_760, { clock });
    const input = bytes(900, 'slow');
    const open = new PassThrough();
    const running = rig.writer.append(open, 0);
    for (let second = 0; second < input.length; second++) {
      open.write(Buffer.from(input.subarray(second, second + 1)));
      await eventually(
        'the byte is durable',
        async () => {
          await rig.writer.tick(60_000);
          return rig.writer.durableOffset === second + 1;
        },
        { pauseMs: 1 },
      );
      await clock.advance(1000);
      await rig.writer.tick(60_000);
    }
    open.end();
    expect(await running).toEqual({ kind: 'ended' });
    expect(rig.sealed.map(({ sizeBytes }) => sizeBytes)).toEqual([300, 300, 300]);
    expect(contentOf(rig)).toEqual(input);
  });

  it('is taken no faster than its rate', async () => {
    const clock = new FakeClock();
    const rig = await writerOver(folder(), 1_000_000, { clock, rate: new UploadRate(1_000_000) });
    const input = bytes(4_000_000, 'fast');
    const running = rig.writer.append(streamOf(input), 0);
    let isDone = false;
    void running.then(() => {
      isDone = true;
    });
    await eventually(
      'it has all come, a pause at a time',
      async () => {
        if (clock.sleeping > 0) await clock.advance(10);
        return isDone;
      },
      { pauseMs: 1, timeoutMs: 25_000 },
    );
    expect(await running).toEqual({ kind: 'ended' });
    expect(clock.monotonicMs()).toBeGreaterThanOrEqual(2900);
    await rig.writer.stop();
    expect(contentOf(rig)).toEqual(input);
  });
});

describe('a paused writer', () => {
  it('ends its upload, seals what came, refuses bytes, and goes on at the same offset', async () => {
    const rig = await writerOver(folder(), 1000);
    const input = bytes(1500, 'pause');
    const open = new PassThrough();
    const running = rig.writer.append(open, 0);
    open.write(Buffer.from(input.subarray(0, 700)));
    await eventually('the bytes are received', () => open.readableLength === 0);
    expect(await rig.writer.pause()).toBe(true);
    expect(await running).toEqual({ kind: 'interrupted', reason: 'pause' });
    expect(rig.sealed.map(({ sizeBytes }) => sizeBytes)).toEqual([700]);
    await expect(rig.writer.append(streamOf(input), 700)).rejects.toMatchObject({ code: 7115, status: 409 });
    expect(await rig.writer.pause()).toBe(true);
    rig.writer.resume();
    await rig.writer.append(streamOf(input.subarray(700)), 700);
    await rig.writer.stop();
    expect(contentOf(rig)).toEqual(input);
  });
});

describe('a session writer whose disk fails', () => {
  const chunk = 100_000;

  it('keeps every acknowledged byte when the disk runs full while writing', async () => {
    for (const room of [0, 1, 50_000, 100_000, 100_001, 250_000]) {
      const fs = failingDisk();
      const rig = await writerOver(folder(), chunk, { fs });
      const input = bytes(120_000, room);
      await rig.writer.append(streamOf(input), 0);
      fs.roomBytes = room;
      const more = bytes(400_000, 'more');
      expect(await rig.writer.append(streamOf(more), 120_000)).toEqual({ kind: 'disk', reason: 'disk_full' });
      const durable = rig.writer.durableOffset;
      expect(durable).toBeGreaterThanOrEqual(120_000);
      expect(rig.writer.status).toBe('failed');
      expect(rig.writer.failure).toContain('disk_full');
      expect(contentOf(rig)).toEqual(Buffer.concat([input, more]).subarray(0, durable));
      await expect(rig.writer.append(streamOf(more), durable)).rejects.toMatchObject({ code: 7102 });
      expect(await rig.writer.stop()).toBe(false);
    }
  });

  it('does not count bytes whose fsync failed, even if a later one would succeed', async () => {
    for (const code of ['ENOSPC', 'EIO']) {
      const fs = failingDisk();
      const rig = await writerOver(folder(), chunk, { fs });
      const input = bytes(30_000, code);
      await rig.writer.append(streamOf(input), 0);
      fs.syncFails = code;
      const open = new PassThrough();
      const running = rig.writer.append(open, 30_000);
      open.write(bytes(20_000, 'lost'));
      await eventually('the bytes are received', () => open.readableLength === 0);
      open.end();
      const reason = code === 'ENOSPC' ? 'disk_full' : 'disk_failed';
      expect(await running).toEqual({ kind: 'disk', reason });
      expect(rig.writer.durableOffset).toBe(30_000);
      expect(rig.writer.status).toBe('failed');
    }
  });

  it('leaves the part for the next start when not even salvaging works', async () => {
    const fs = failingDisk();
    const rig = await writerOver(folder(), chunk, { fs });
    const input = bytes(30_000, 1);
    await rig.writer.append(streamOf(input), 0);
    fs.renameFails = 'EIO';
    fs.roomBytes = 0;
    await rig.writer.append(streamOf(bytes(10, 2)), 30_000);
    expect(rig.writer.durableOffset).toBe(30_000);
    expect(readdirSync(rig.path)).toEqual(['000001.part']);
    const next = await writerOver(rig.path, chunk);
    expect(next.writer.durableOffset).toBe(30_000);
    await next.writer.stop();
    expect(contentOf(next)).toEqual(input);
  });
});
