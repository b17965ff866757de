import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { seededRandom } from '@lucid/clock';
import { commonErrors, ServiceError } from '@lucid/errors';
import { temporaryFolder } from '@lucid/testing';
import { afterAll, describe, expect, it } from 'vitest';
import { uploadFile, uploadPipe } from '../src/upload.ts';

const SEED = Number(process.env.LUCID_TEST_SEED ?? Date.now() % 1_000_000);
const MIB = 1024 * 1024;
const CHUNK_BYTES = 4 * MIB;
const folder = temporaryFolder('cli-upload');
afterAll(() => folder.remove());

/**
 * A recorder that keeps what it is sent and breaks off whenever `breaks` says so, keeping a part of the segment. With its disk
 * goes what is not stored; what is stored is a part of what it has, all of it once the upload is complete.
 */
class Recorder {
  kept = Buffer.alloc(0);
  stored = 0;
  interruptions = 0;
  isComplete = false;
  /** How much of what is kept gets into storage with every question. */
  storesBytes = Number.POSITIVE_INFINITY;
  readonly breaks: () => boolean;

  constructor(breaks: () => boolean = () => false) {
    this.breaks = breaks;
  }

  get client() {
    return { getStream: this.#get, appendStream: this.#append } as never;
  }

  loseDisk(): void {
    this.kept = this.kept.subarray(0, this.stored);
    this.isComplete = false;
  }

  readonly #get = async () => {
    const ready = this.isComplete ? this.kept.length : Math.max(0, this.kept.length - CHUNK_BYTES);
    this.stored = Math.max(this.stored, Math.min(ready, this.stored + this.storesBytes));
    return { body: { durable_offset: this.kept.length, stored_offset: this.stored, status: 'recording' } };
  };

  readonly #append = async ({ headers, bytes }: { headers: Record<string, string>; bytes: Readable }) => {
    const parts: Buffer[] = [];
    for await (const part of bytes as AsyncIterable<Buffer>) parts.push(part);
    const segment = Buffer.concat(parts);
    if (Number(headers['upload-offset']) !== this.kept.length)
      throw commonErrors.UPSTREAM_UNREACHABLE({ message: 'another offset' });
    if (this.breaks()) {
      this.interruptions++;
      this.kept = Buffer.concat([this.kept, segment.subarray(0, Math.floor(segment.length / 2))]);
      throw commonErrors.UPSTREAM_UNREACHABLE();
    }
    this.kept = Buffer.concat([this.kept, segment]);
    this.isComplete = headers['upload-complete'] === '?1';
    const offsets = {
      'upload-offset': String(this.kept.length),
      'upload-stored-offset': String(this.stored),
    };
    return { status: 204, headers: offsets };
  };
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

async function* pipeOf(content: Buffer) {
  for (let at = 0; at < content.length; at += 1_000_003) yield content.subarray(at, at + 1_000_003);
}

const options = (recorder: never, patienceMs = 120_000) => ({
  sessionId: 's',
  recorder,
  patienceMs,
  onProgress: () => undefined,
  onInterruption: () => undefined,
  onSent: () => undefined,
  clock: impatientClock(),
});

describe(`an upload (LUCID_TEST_SEED=${SEED})`, () => {
  it('of a file arrives whole, however often it is broken off', async () => {
    const random = seededRandom(SEED);
    const content = randomBytes(3 * MIB + 17);
    const path = join(folder.path, 'file');
    writeFileSync(path, content);
    let left = 5;
    const recorder = new Recorder(() => left > 0 && random.fraction() < 0.9 && left-- > 0);
    expect(await uploadFile(path, content.length, options(recorder.client))).toBe(content.length);
    expect(recorder.kept.equals(content)).toBe(true);
    expect(recorder.stored).toBe(content.length);
    expect(recorder.interruptions).toBe(5 - left);
  });

  it('of a pipe arrives whole, although a pipe cannot be read twice', async () => {
    const content = randomBytes(20 * MIB);
    let turn = 0;
    const recorder = new Recorder(() => ++turn % 2 === 1 && turn < 6);
    expect(await uploadPipe(pipeOf(content), options(recorder.client))).toBe(content.length);
    expect(recorder.kept.equals(content)).toBe(true);
    expect(recorder.interruptions).toBe(3);
  });

  it.each(['file', 'pipe'])('of a %s goes on when recorders are lost with their disks', async (kind) => {
    const content = randomBytes(40 * MIB);
    const path = join(folder.path, 'lost');
    writeFileSync(path, content);
    let turn = 0;
    const recorder = new Recorder(() => ++turn % 3 === 2 && turn < 9);
    const lossy = options(recorder.client);
    let losses = 0;
    const onInterruption = () => {
      losses++;
      recorder.loseDisk();
    };
    const onSent = () => {
      if (losses < 5) onInterruption(); // also at the very end, when all had been acknowledged
    };
    const given = { ...lossy, onInterruption, onSent };
    if (kind === 'file') await uploadFile(path, content.length, given);
    else await uploadPipe(pipeOf(content), given);
    expect(losses).toBeGreaterThanOrEqual(5);
    expect(recorder.kept.equals(content)).toBe(true);
    expect(recorder.stored).toBe(content.length);
  });

  it('of a pipe does not wait for a storage that stands still, and ends with what is durable', async () => {
    const content = randomBytes(144 * MIB);
    const recorder = new Recorder();
    recorder.storesBytes = 0;
    expect(await uploadPipe(pipeOf(content), options(recorder.client))).toBe(content.length);
    expect(recorder.kept.equals(content)).toBe(true);
    expect(recorder.stored).toBe(0);
  });

  it('of a pipe says so when a recorder is lost with bytes that could not be held', async () => {
    const recorder = new Recorder();
    recorder.storesBytes = 0;
    const onSent = () => recorder.loseDisk();
    const given = { ...options(recorder.client), onSent };
    await expect(uploadPipe(pipeOf(randomBytes(144 * MIB)), given)).rejects.toMatchObject({ exitCode: 1 });
  });

  it('has nothing to send for a recording that has ended', async () => {
    const body = { durable_offset: 5, stored_offset: 0, status: 'stopped' };
    const recorder = { getStream: async () => ({ body }) } as never;
    expect(await uploadFile('nowhere', 5, options(recorder))).toBe(5);
  });

  it('gives up when nothing moves for longer than its patience', async () => {
    const path = join(folder.path, 'stuck');
    writeFileSync(path, 'x');
    const { client } = new Recorder(() => true);
    await expect(uploadFile(path, 1, options(client, 10_000))).rejects.toMatchObject({ exitCode: 4 });
  });

  it('waits as long as the recording is paused, and goes on when it is resumed', async () => {
    const content = randomBytes(MIB);
    const path = join(folder.path, 'paused');
    writeFileSync(path, content);
    const clock = impatientClock();
    const resumedMs = 3_600_000;
    const recorder = new Recorder();
    const refuse = () =>
      new ServiceError({
        key: 'RECORDING_PAUSED',
        code: 7115,
        status: 409,
        fault: 'user',
        retry: true,
        message: '',
      });
    const append = (call: never) => {
      if (clock.nowMs() < resumedMs) throw refuse();
      return (recorder.client as { appendStream: (call: never) => Promise<unknown> }).appendStream(call);
    };
    const { getStream } = recorder.client as { getStream: () => Promise<unknown> };
    const given = { ...options({ getStream, appendStream: append } as never, 10_000), clock };
    expect(await uploadFile(path, content.length, given)).toBe(content.length);
    expect(clock.nowMs()).toBeGreaterThanOrEqual(resumedMs);
    expect(recorder.kept.equals(content)).toBe(true);
  });

  it('does not repeat what waiting cannot mend', async () => {
    const path = join(folder.path, 'refused');
    writeFileSync(path, 'x');
    const recorder = { getStream: () => Promise.reject(commonErrors.NOT_FOUND()) } as never;
    await expect(uploadFile(path, 1, options(recorder))).rejects.toMatchObject({ code: 4001 });
  });
});
