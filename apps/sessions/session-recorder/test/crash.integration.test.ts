import { setTimeout as delay } from 'node:timers/promises';
import { seededRandom } from '@lucid/clock';
import { crashSeeds, eventually, freePort, type SpawnedService } from '@lucid/testing';
import { expect, it, vi } from 'vitest';
import type { RecorderClient } from './support/client.ts';
import { testGround } from './support/ground.ts';
import { sha256 } from './support/writer.ts';

vi.setConfig({ testTimeout: 30_000, hookTimeout: 60_000 });

const MIB = 1024 * 1024;
const SIZE = 24 * MIB;
const ground = testGround('crash');

it.each(crashSeeds())(
  'loses no acknowledged byte when it is killed again and again (seed %s)',
  async (seed) => {
    const random = seededRandom(seed);
    const input = random.bytes(SIZE);
    const port = await freePort();
    const mongoUri = ground.mongoUri(`crash-${seed}`);
    const spawn = () => ground.spawn({ port, mongoUri });
    let recorder: SpawnedService = await spawn();
    const one = ground.clientOf(recorder);
    const stored = new Map<number, Buffer>();
    let kills = 0;
    try {
      await one.start();
      let acknowledged = 0;
      for (let isDone = false; !isDone; ) {
        const before = await one.head();
        expect(before.durable).toBeGreaterThanOrEqual(acknowledged);
        expect(before.durable).toBeLessThanOrEqual(SIZE);
        acknowledged = before.durable;
        const upload = one
          .patch(acknowledged, piecesOf(input, acknowledged, random.fraction() * 0.5))
          .catch(() => undefined); // killed under way
        const killed = kills < 8 ? killSoon(recorder, 20 + random.fraction() * 400) : undefined;
        await storeSome(one, stored, random.fraction() < 0.5 ? 2 : 0);
        const answer = await upload;
        if (answer?.status === 204) {
          acknowledged = answer.durable;
          isDone = acknowledged === SIZE;
        }
        if (killed) {
          await killed;
          kills++;
          recorder = await spawn();
        }
      }
      expect(await one.head()).toMatchObject({ durable: SIZE });
      expect(await one.stop()).toMatchObject({ status: 'stopped', durable_offset: SIZE });
      await eventually(
        'every chunk is stored',
        async () => {
          await storeSome(one, stored, 16);
          return (await one.get()).stored_offset === SIZE;
        },
        { timeoutMs: 40_000 },
      );
      const whole = Buffer.concat([...stored].sort(([a], [b]) => a - b).map(([, bytes]) => bytes));
      expect(sha256(whole)).toBe(sha256(input));
      expect(kills).toBeGreaterThan(0);
    } finally {
      await recorder.kill();
    }
  },
  120_000,
);

async function killSoon(recorder: SpawnedService, afterMs: number): Promise<void> {
  await delay(afterMs); // the moment of the crash, not a wait for a condition
  await recorder.kill();
}

async function* piecesOf(input: Buffer, offset: number, pauseChance: number) {
  for (let at = offset; at < input.length; at += 50_000) {
    yield input.subarray(at, at + 50_000);
    if (at % 7 < pauseChance * 7) await delay(2); // a client is not infinitely fast
  }
}

/** Plays a processor that keeps plaintext; what a crash interrupts comes back by itself. */
async function storeSome(one: RecorderClient, stored: Map<number, Buffer>, max: number): Promise<void> {
  if (max === 0) return;
  try {
    for (const chunk of await one.claim(max, 1000)) {
      const bytes = await one.plaintext(chunk);
      expect(sha256(bytes)).toBe(chunk.plain_hash);
      const known = stored.get(chunk.sequence_number);
      if (known) expect(sha256(known)).toBe(chunk.plain_hash);
      stored.set(chunk.sequence_number, bytes);
      await one.complete(chunk);
    }
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // fetch: the recorder was killed
  }
}
