import { getEventListeners, once } from 'node:events';
import { PassThrough, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { commonErrors } from '@lucid/errors';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { aClient, BASE_URL, TestServer } from './helpers.ts';

const MIB = 1024 * 1024;
let server: TestServer;
let setup: ReturnType<typeof aClient>;
beforeEach(() => {
  setup = aClient();
});
afterEach(async () => {
  await setup.client.close();
  await server.stop();
});

async function serve(listener: ConstructorParameters<typeof TestServer>[0]): Promise<void> {
  server = await new TestServer(listener).start();
  setup.discovery.addresses = [server.address];
}
const patch = (body: Readable, more = {}) =>
  setup.client.request({ baseUrl: BASE_URL, method: 'PATCH', path: '/', body, ...more });

/** Pieces without end; counts the bytes that were asked for. */
function endless() {
  const counted = { bytes: 0 };
  const piece = Buffer.alloc(64 * 1024);
  const stream = new Readable({
    read() {
      counted.bytes += piece.length;
      this.push(piece);
    },
  });
  return { stream, counted };
}

/** Resolves when a number has stopped growing. */
async function settled(value: () => number): Promise<number> {
  let last = -1;
  await vi.waitFor(
    () => {
      const before = last;
      last = value();
      expect(last).toBe(before);
    },
    { interval: 100, timeout: 5000 },
  );
  return last;
}

describe('streaming', () => {
  it('carries big bodies both ways unchanged', async () => {
    await serve((request, response) => void request.pipe(response));
    const sent = Buffer.alloc(8 * MIB, 'lucid');
    const response = await patch(Readable.from([sent.subarray(0, MIB), sent.subarray(MIB)]));
    expect((await response.body.bytes()).equals(sent)).toBe(true);
  });

  it('stops reading the caller’s stream when the upstream does not take more', async () => {
    await serve(() => undefined);
    const { stream, counted } = endless();
    const stop = new AbortController();
    const call = patch(stream, { signal: stop.signal });
    expect(await settled(() => counted.bytes)).toBeLessThan(32 * MIB);
    stop.abort();
    await expect(call).rejects.toThrow('aborted');
    expect(stream.destroyed).toBe(true);
    expect(server.requests).toHaveLength(1);
  });

  it('stops reading the upstream when the caller does not take more', async () => {
    let written = 0;
    let ended = false;
    await serve((_request, response) => {
      const { stream } = endless();
      stream.on('data', (piece: Buffer) => {
        written += piece.length;
      });
      stream.pipe(response);
      response.on('close', () => {
        ended = true;
        stream.destroy();
      });
    });
    const { body } = await setup.get();
    expect(await settled(() => written)).toBeLessThan(32 * MIB);
    body.destroy();
    await vi.waitFor(() => expect(ended).toBe(true));
  });

  it('renews the deadline with every piece of a streamed request', async () => {
    await serve((request, response) => {
      request.resume().on('end', () => response.end('done'));
    });
    const body = new PassThrough();
    const call = patch(body, { timeoutMs: 100 });
    for (let piece = 0; piece < 8; piece++) {
      body.write('piece');
      await new Promise((resolve) => setTimeout(resolve, 40));
    }
    body.end();
    expect(await (await call).body.text()).toBe('done');
    const stuck = new PassThrough();
    stuck.write('piece');
    await expect(patch(stuck, { timeoutMs: 50 })).rejects.toMatchObject({
      code: commonErrors.UPSTREAM_TIMEOUT.code,
    });
  });

  it('gives an answer that comes before the request was sent in full', async () => {
    await serve((_request, response) => void response.writeHead(409, { 'upload-offset': '7' }).end());
    const { stream } = endless();
    const { status, headers, body } = await patch(stream);
    expect(status).toBe(409);
    expect(headers['upload-offset']).toBe('7');
    await body.dump();
    await vi.waitFor(() => expect(stream.destroyed).toBe(true));
  });

  it('hands the caller’s own error back when its stream breaks, and does not blame the upstream', async () => {
    await serve((request) => void request.resume().on('error', () => undefined));
    for (let call = 0; call < 6; call++) {
      const body = new PassThrough();
      const answer = patch(body);
      body.write('piece');
      await vi.waitFor(() => expect(server.requests).toHaveLength(call + 1));
      body.destroy(new Error('the client went away'));
      await expect(answer).rejects.toThrow('the client went away');
    }
    const closed = new PassThrough();
    closed.destroy();
    await expect(patch(closed)).rejects.toThrow('ended early');
    expect(setup.client.upstreams()).toMatchObject([{ circuit: 'closed', consecutive_failures: 0 }]);
  });

  it('blames the upstream when that breaks the exchange, although the caller’s stream ends with it', async () => {
    await serve((request) => void request.once('data', () => request.socket.destroy()));
    const { stream } = endless();
    await expect(patch(stream)).rejects.toMatchObject({ code: commonErrors.UPSTREAM_UNREACHABLE.code });
    expect(setup.client.upstreams()).toMatchObject([{ consecutive_failures: 1 }]);
  });

  it('leaves the caller’s stream alone when nobody could be reached', async () => {
    await serve(() => undefined);
    const { address } = server;
    await server.stop();
    setup.discovery.addresses = [address];
    const body = Readable.from(['still here']);
    await expect(patch(body)).rejects.toMatchObject({ code: commonErrors.UPSTREAM_UNREACHABLE.code });
    expect(await body.toArray()).toEqual(['still here']);
  });

  it('tells the reader when an answer breaks off, and survives when nobody reads', async () => {
    await serve((request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('only this');
      setImmediate(() => request.socket.destroy());
    });
    const read = await setup.get();
    await expect(read.body.text()).rejects.toMatchObject({ name: 'ServiceError' });
    const piped = await setup.get();
    await expect(pipeline(piped.body, new PassThrough().resume())).rejects.toMatchObject({
      name: 'ServiceError',
    });
    const ignored = await setup.get();
    await vi.waitFor(() => expect(ignored.body.destroyed).toBe(true));
  });

  it('aborts an answer in the middle when its caller does', async () => {
    let ended = false;
    await serve((_request, response) => {
      endless().stream.pipe(response);
      response.on('close', () => {
        ended = true;
      });
    });
    const stop = new AbortController();
    const { body } = await setup.get('/', { signal: stop.signal });
    await once(body, 'data');
    stop.abort(new Error('enough'));
    await expect(body.toArray()).rejects.toThrow('enough');
    await vi.waitFor(() => expect(ended).toBe(true));
  });

  it('leaves no exchanges, listeners, sockets or handles behind after hundreds of aborted streams', async () => {
    let running = 0;
    await serve((request, response) => {
      running++;
      request.on('error', () => undefined).resume();
      const { stream } = endless();
      stream.pipe(response);
      response.on('close', () => {
        running--;
        stream.destroy();
      });
    });
    const shared = new AbortController();
    for (let round = 0; round < 10; round++) {
      await Promise.all(
        Array.from({ length: 30 }, async (_none, index) => {
          const own = new AbortController();
          const signal = index % 7 === 0 ? shared.signal : own.signal;
          const up = index % 3 === 0 ? endless().stream : undefined;
          const call = up ? patch(up, { signal }) : setup.get('/', { signal });
          if (signal === own.signal && index % 5 === 0) {
            own.abort();
            await expect(call).rejects.toThrow();
          } else if (signal === shared.signal || index % 2 === 0) {
            (await call).body.destroy();
          } else {
            const { body } = await call;
            await once(body, 'data');
            own.abort();
          }
        }),
      );
    }
    await vi.waitFor(() => expect(running).toBe(0));
    expect(getEventListeners(shared.signal, 'abort')).toHaveLength(0);
    await setup.client.close(); // would wait for exchanges that never ended
    await vi.waitFor(() => expect(server.sockets.size).toBe(0));
    await vi.waitFor(() => expect(process.getActiveResourcesInfo()).not.toContain('TCPSocketWrap'));
  });
});
