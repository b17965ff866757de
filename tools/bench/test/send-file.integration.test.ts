import { randomBytes } from 'node:crypto';
import { mkdirSync, renameSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { eventually, temporaryFolder } from '@lucid/testing';
import { afterAll, expect, test } from 'vitest';
import { Door } from '../src/system/door.ts';
import { SealWatch } from '../src/system/seal-watch.ts';
import { sendFile } from '../src/system/send-file.ts';

const MIB = 1024 * 1024;
const folder = temporaryFolder('bench-send');
afterAll(() => folder.remove());

/** Keeps what it is sent, and dies once in the middle of a request: for a while it answers nothing but 503. */
class DyingRecorder {
  kept = Buffer.alloc(0);
  refusals = 3;
  readonly #diesAfter: number;
  #isAlive = true;

  constructor(diesAfter: number) {
    this.#diesAfter = diesAfter;
  }

  answer(request: IncomingMessage, response: ServerResponse): void {
    if (!this.#isAlive && this.refusals-- > 0) return void response.writeHead(503).end();
    if (request.method === 'GET')
      return void response.end(
        JSON.stringify({ durable_offset: this.kept.length, stored_offset: 0, status: 'recording' }),
      );
    if (Number(request.headers['upload-offset']) !== this.kept.length)
      return void response.writeHead(409).end();
    request.on('data', (part: Buffer) => {
      if (this.#isAlive && this.kept.length + part.length > this.#diesAfter) {
        this.#isAlive = false;
        request.destroy();
      } else if (!request.destroyed) this.kept = Buffer.concat([this.kept, part]);
    });
    request.on('end', () => response.writeHead(204, { 'upload-offset': String(this.kept.length) }).end());
  }
}

test('what was sent and not kept is counted, once, and all bytes arrive', async () => {
  const sent = randomBytes(6 * MIB);
  const file = join(folder.path, 'sent.bin');
  writeFileSync(file, sent);
  const recorder = new DyingRecorder(2 * MIB);
  const server = createServer((request, response) => recorder.answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const door = new Door(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const progress = { sentBytes: 0 };
  try {
    const { interruptions, acknowledgedMs } = await sendFile(
      { id: 'one', door },
      file,
      sent.length,
      progress,
    );
    expect(recorder.kept.equals(sent)).toBe(true);
    expect(interruptions).toHaveLength(1);
    const [{ seenMs, acceptedMs, sentAgainBytes } = { seenMs: 0, acceptedMs: 0, sentAgainBytes: 0 }] =
      interruptions;
    expect(sentAgainBytes).toBeGreaterThan(0);
    expect(progress.sentBytes).toBe(sent.length + sentAgainBytes);
    expect(acceptedMs).toBeGreaterThan(seenMs);
    expect(acknowledgedMs).toBeGreaterThanOrEqual(acceptedMs);
  } finally {
    await door.close();
    server.closeAllConnections();
    server.close();
  }
});

test('the last byte of a chunk came when its file was last written, not when it was renamed', async () => {
  const [empty, own] = [join(folder.path, 'recorder-1'), join(folder.path, 'recorder-2')];
  mkdirSync(empty);
  mkdirSync(join(own, 'session'), { recursive: true });
  const watch = new SealWatch([empty, own]);
  watch.follow('session');
  const part = join(own, 'session', '000001.part');
  const sealed = join(own, 'session', '000001.chunk');
  writeFileSync(part, 'bytes');
  utimesSync(part, 1000, 1000);
  renameSync(part, sealed);
  await eventually('the chunk is seen', () => watch.lastByteMs('session', 1) !== undefined);
  expect(watch.lastByteMs('session', 1)).toBe(statSync(sealed).mtimeMs);
  expect(watch.lastByteMs('session', 2)).toBeUndefined();
  expect(() => watch.follow('other')).toThrow('no recorder has other');
  watch.end();
});
