import { setTimeout as delay } from 'node:timers/promises';
import { type Random, seededRandom } from '@lucid/clock';
import { crashSeeds, eventually, freePort, type SpawnedService } from '@lucid/testing';
import { expect, it, vi } from 'vitest';
import type { RecorderClient } from './support/client.ts';
import { testGround } from './support/ground.ts';
import { sha256 } from './support/writer.ts';

vi.setConfig({ testTimeout: 30_000, hookTimeout: 60_000 });

const CHUNKS = 120;
const KILLS = 6;
const SENDERS = 4;
const ground = testGround('chunks-crash');

it.each(crashSeeds())(
  'loses no acknowledged chunk and keeps each number once when it is killed under parallel senders (seed %s)',
  async (seed) => {
    const random = seededRandom(`chunks ${seed}`);
    const all = Array.from({ length: CHUNKS }, () =>
      random.bytes(1 + Math.floor(random.fraction() * 300_000)),
    );
    const port = await freePort();
    const mongoUri = ground.mongoUri(`chunks-crash-${seed}`);
    const spawn = () => ground.spawn({ port, mongoUri });
    let recorder: SpawnedService = await spawn();
    const one = ground.clientOf(recorder);
    const acknowledged = new Set<number>();
    try {
      await one.start();
      const waiting = new Set(all.keys());
      for (let kill = 0; waiting.size > 0 || kill < KILLS; kill++) {
        const sending = Promise.all(
          Array.from({ length: SENDERS }, (_none, index) =>
            send(
              one,
              all,
              [...waiting].filter((at) => at % SENDERS === index),
              seededRandom(`${seed} ${kill} ${index}`),
            ),
          ),
        );
        if (kill < KILLS) {
          await delay(30 + random.fraction() * 300); // the moment of the crash, not a wait for a condition
          await recorder.kill();
        }
        for (const at of (await sending).flat()) {
          acknowledged.add(at);
          waiting.delete(at);
        }
        if (kill < KILLS) recorder = await spawn();
        for (const at of acknowledged) if (random.fraction() < 0.1) waiting.add(at); // a client that is not sure asks again
        if (kill > KILLS + 5) throw new Error('the senders do not come to an end');
        if (kill >= KILLS) for (const at of acknowledged) waiting.delete(at);
      }
      expect(acknowledged.size).toBe(CHUNKS);
      const stopped = await one.stop();
      expect(stopped).toMatchObject({ status: 'stopped', chunks_sealed: CHUNKS });
      expect(stopped.durable_offset).toBe(all.reduce((sum, { length }) => sum + length, 0));
      const seen = new Map<number, string>();
      await eventually(
        'every chunk is processed',
        async () => {
          for (const chunk of await one.claim(16)) {
            expect(seen.has(chunk.sequence_number)).toBe(false);
            seen.set(chunk.sequence_number, sha256(await one.plaintext(chunk)));
            expect((await one.complete(chunk)).status).toBe(204);
          }
          return seen.size === CHUNKS;
        },
        { timeoutMs: 60_000 },
      );
      for (const [at, bytes] of all.entries())
        expect([at + 1, seen.get(at + 1)]).toEqual([at + 1, sha256(bytes)]);
      expect(await one.get()).toMatchObject({ chunks_stored: CHUNKS, stored_offset: stopped.durable_offset });
    } finally {
      await recorder.kill();
    }
  },
  180_000,
);

/** Sends one after the other until the recorder is gone; those too far ahead later. @returns what was acknowledged */
async function send(
  one: RecorderClient,
  all: Buffer[],
  indexes: number[],
  random: Random,
): Promise<number[]> {
  const done: number[] = [];
  const left = indexes
    .sort(() => random.fraction() - 0.5)
    .sort((a, b) => Math.floor(a / 30) - Math.floor(b / 30));
  for (const at of left) {
    try {
      const answer = await one.chunk(at + 1, all[at] ?? Buffer.alloc(0));
      if (answer.status === 201 || answer.status === 200) done.push(at);
      else if (answer.code !== 'LUCID_ERR_7117' && answer.status < 500)
        throw new Error(`chunk ${at + 1}: ${answer.status} ${answer.code}`);
    } catch (error) {
      if (error instanceof TypeError || error instanceof SyntaxError) return done; // killed under way
      throw error;
    }
  }
  return done;
}
