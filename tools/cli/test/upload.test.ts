import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { seededRandom } from '@lucid/clock';
import { commonErrors } from '@lucid/errors';
import { temporaryFolder } from '@lucid/testing';
import { afterAll, describe, expect, it } from 'vitest';
import { uploadFile, uploadPipe } from '../src/upload.ts';

const SEED = Number(process.env.LUCID_TEST_SEED ?? Date.now() % 1_000_000);
const folder = temporaryFolder('cli-upload');
afterAll(() => folder.remove());

/** A recorder that keeps what it is sent and breaks off whenever `breaks` says so, keeping a part of the segment. */
function aRecorder(breaks: () => boolean) {
  let kept = Buffer.alloc(0);
  let interruptions = 0;
  const recorder = {
    getStream: async () => ({ body: { durable_offset: kept.length, stored_offset: 0, status: 'recording' } }),
    appendStream: async ({ headers, bytes }: { headers: Record<string, string>; bytes: Readable }) => {
      expect(Number(headers['upload-offset'])).toBe(kept.length);
      const parts: Buffer[] = [];
      for await (const part of bytes as AsyncIterable<Buffer>) parts.push(part);
      const segment = Buffer.concat(parts);
      if (breaks()) {
        interruptions++;
        kept = Buffer.concat([kept, segment.subarray(0, Math.floor(segment.length / 2))]);
        throw commonErrors.UPSTREAM_UNREACHABLE();
      }
      kept = Buffer.concat([kept, segment]);
      return { status: 204, headers: { 'upload-offset': String(kept.length) } };
    },
  };
  return { recorder: recorder as never, kept: () => kept, interruptions: () => interruptions };
}

/** Time that passes only by waiting, at once. */
const impatientClock = () => {
  let nowMs = 0;
  return {
    nowMs: () => nowMs,
    monotonicMs: () => nowMs,
    sleep: async (durationMs: number) => {
      nowMs += durationMs;
    },
  };
};

const options = (recorder: never, patienceMs = 120_000) => ({
  sessionId: 's',
  recorder,
  patienceMs,
  onProgress: () => undefined,
  onInterruption: () => undefined,
  clock: impatientClock(),
});

describe(`an upload (LUCID_TEST_SEED=${SEED})`, () => {
  it('of a file arrives whole, however often it is broken off', async () => {
    const random = seededRandom(SEED);
    const content = randomBytes(3 * 1024 * 1024 + 17);
    const path = join(folder.path, 'file');
    writeFileSync(path, content);
    let left = 5;
    const { recorder, kept, interruptions } = aRecorder(
      () => left > 0 && random.fraction() < 0.9 && left-- > 0,
    );
    expect(await uploadFile(path, content.length, options(recorder))).toBe(content.length);
    expect(kept().equals(content)).toBe(true);
    expect(interruptions()).toBe(5 - left);
  });

  it('of a pipe arrives whole, although a pipe cannot be read twice', async () => {
    const content = randomBytes(20 * 1024 * 1024);
    async function* pipe() {
      for (let at = 0; at < content.length; at += 1_000_003) yield content.subarray(at, at + 1_000_003);
    }
    let turn = 0;
    const { recorder, kept, interruptions } = aRecorder(() => ++turn % 2 === 1 && turn < 6);
    await uploadPipe(pipe(), options(recorder));
    expect(kept().equals(content)).toBe(true);
    expect(interruptions()).toBe(3);
  });

  it('gives up when nothing moves for longer than its patience', async () => {
    const path = join(folder.path, 'stuck');
    writeFileSync(path, 'x');
    const { recorder } = aRecorder(() => true);
    await expect(uploadFile(path, 1, options(recorder, 10_000))).rejects.toMatchObject({ exitCode: 4 });
  });

  it('does not repeat what waiting cannot mend', async () => {
    const path = join(folder.path, 'refused');
    writeFileSync(path, 'x');
    const recorder = { getStream: () => Promise.reject(commonErrors.NOT_FOUND()) } as never;
    await expect(uploadFile(path, 1, options(recorder))).rejects.toMatchObject({ code: 4001 });
  });
});
