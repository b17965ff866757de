import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '@lucid/testing';
import { expect, it, vi } from 'vitest';
import type { RecorderClient } from './support/client.ts';
import { runningRecorder } from './support/ground.ts';
import { sha256 } from './support/writer.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const CHUNKS = 100;
const POISON = 37;
const running = runningRecorder('quarantine', { CHUNK_WINDOW: '128' });

/** Works like a processor that cannot stand some chunks, until nothing more happens. @returns how often it met them */
async function workOff(
  one: RecorderClient,
  isPoison: (sequence: number) => boolean,
  isDone: () => Promise<boolean>,
) {
  let met = 0;
  await eventually(
    'the queue is worked off',
    async () => {
      for (const chunk of await one.claim(16)) {
        if (isPoison(chunk.sequence_number)) {
          met++;
          await one.fail(chunk, { retryable: true });
        } else await one.complete(chunk);
      }
      return isDone();
    },
    { timeoutMs: 60_000 },
  );
  return met;
}

it('one poison chunk among a hundred blocks none, is listed, and is processed once a person retries it', async () => {
  const one = running.client();
  await one.start();
  const all = Array.from({ length: CHUNKS }, () => randomBytes(200));
  for (let from = 0; from < CHUNKS; from += 20)
    await Promise.all(
      all.slice(from, from + 20).map(async (bytes, index) => {
        expect((await one.chunk(from + index + 1, bytes)).status).toBe(201);
      }),
    );
  expect(await one.stop()).toMatchObject({ status: 'stopped', chunks_sealed: CHUNKS });
  const met = await workOff(
    one,
    (sequence) => sequence === POISON,
    async () => {
      const { chunks_stored, chunks_quarantined } = await one.get();
      return chunks_stored === CHUNKS - 1 && chunks_quarantined === 1;
    },
  );
  expect(met).toBe(3);

  const ofSession = await one.asPipeline('GET', `/recordings/${one.sessionId}/chunks?status=quarantined`);
  expect(await ofSession.json()).toMatchObject({
    total: 1,
    chunks: [{ sequence_number: POISON, attempts: 3 }],
  });
  const listed = async (answer: Promise<Response>) => (await answer).json();
  const expected = {
    chunks: [{ session_id: one.sessionId, sequence_number: POISON, error: 'as the test wants it' }],
    pagination: { total: 1 },
  };
  expect(await listed(one.asPipeline('GET', '/recordings/quarantine'))).toMatchObject(expected);
  expect(await listed(one.asPerson('admin', 'GET', '/recordings/quarantine'))).toMatchObject(expected);
  expect((await one.asPerson('user', 'GET', '/recordings/quarantine')).status).toBe(403);

  await eventually('the recorder has let go of the recording', async () => {
    const text = await (await fetch(`http://${running.recorder.address}/metrics`)).text();
    return (
      /recorder_active_recordings\S* 0/.test(text) &&
      !existsSync(join(running.folder, one.sessionId, '000001.chunk'))
    );
  });
  const path = (sequence: number) => `/recordings/${one.sessionId}/chunks/${sequence}/retry`;
  expect((await one.asPerson('user', 'POST', path(POISON))).status).toBe(403);
  const other = await one.asPipeline('POST', path(POISON - 1));
  expect([other.status, ((await other.json()) as { error: { code: string } }).error.code]).toEqual([
    409,
    'LUCID_ERR_7123',
  ]);
  const retried = await one.asPerson('admin', 'POST', path(POISON));
  expect(retried.status).toBe(200);
  expect(await retried.json()).toMatchObject({ status: 'recorded', attempts: 0 });
  const again = await eventually('it is claimed again', async () => (await one.claim())[0]);
  expect(again.sequence_number).toBe(POISON);
  expect(sha256(await one.plaintext(again))).toBe(sha256(all[POISON - 1] ?? Buffer.alloc(0)));
  expect((await one.complete(again)).status).toBe(204);
  expect(await one.get()).toMatchObject({ chunks_stored: CHUNKS, chunks_quarantined: 0 });
  await eventually('its plaintext is gone too', () => !existsSync(join(running.folder, one.sessionId)));
});
