import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { seededRandom } from '@lucid/clock';
import { describe, expect, it } from 'vitest';
import { encode } from '../src/domain/bson/codec.ts';
import { int } from '../src/domain/bson/numbers.ts';
import { FrameReader } from '../src/domain/wire/frame-reader.ts';
import { frameReply, OP_MSG, parseMessage } from '../src/domain/wire/messages.ts';
import { connected, embedded } from './support/embedded.ts';
import { message } from './support/raw-client.ts';

const PING = message({ ping: int(1), $db: 'admin' });

async function open(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  // A reset is one way of being cut off.
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

/** Sends the bytes and waits until the server hangs up. */
async function cutOff(port: number, bytes: Buffer): Promise<void> {
  const socket = await open(port);
  const closed = once(socket, 'close');
  socket.write(bytes);
  socket.resume();
  await closed;
}

const withLength = (length: number): Buffer => {
  const bytes = Buffer.from(PING);
  bytes.writeInt32LE(length, 0);
  return bytes;
};
const withOpcode = (opcode: number): Buffer => {
  const bytes = Buffer.from(PING);
  bytes.writeInt32LE(opcode, 12);
  return bytes;
};
const withBodyLength = (length: number): Buffer => {
  const bytes = Buffer.from(PING);
  bytes.writeInt32LE(length, 21);
  return bytes;
};

describe('what is no message ends that connection and nothing else', { timeout: 60_000 }, () => {
  const cases: [string, Buffer][] = [
    ['a length below a header', withLength(3)],
    ['a negative length', withLength(-1)],
    ['a length above the limit', withLength(2_000_000_000)],
    ['an unknown opcode', withOpcode(4242)],
    ['an opcode of compression nobody agreed on', withOpcode(2012)],
    ['a body longer than its message', withBodyLength(60_000)],
    ['a body of negative length', withBodyLength(-5)],
    ['unknown required flags', message({ ping: 1, $db: 'admin' }, 4)],
    ['a message without a body', Buffer.concat([Buffer.from([20, 0, 0, 0]), PING.subarray(4, 20)])],
    ['another protocol', Buffer.from('GET / HTTP/1.1\r\nhost: x\r\n\r\n')],
  ];
  it.each(cases)('%s', async (_name, bytes) => {
    const warnings: string[] = [];
    const { uri, address } = await embedded({ onWarning: (line) => warnings.push(line) });
    const client = await connected(uri);
    await cutOff(address.port, bytes);
    expect(warnings.length).toBe(1);
    expect(await client.db('x').command({ ping: 1 })).toMatchObject({ ok: 1 });
  });

  it('random bytes and broken messages never bring the server down', async () => {
    const seed = Date.now();
    console.log(`seed ${seed}`);
    const random = seededRandom(seed);
    const { uri, address } = await embedded();
    const client = await connected(uri);
    for (let i = 0; i < 150; i++) {
      const socket = await open(address.port);
      const bytes =
        random.fraction() < 0.5 ? random.bytes(1 + Math.floor(random.fraction() * 300)) : Buffer.from(PING);
      for (let flips = 0; flips < 3; flips++)
        bytes[Math.floor(random.fraction() * bytes.length)] = Math.floor(random.fraction() * 256);
      socket.end(bytes);
      socket.resume();
      await once(socket, 'close');
    }
    expect(await client.db('x').command({ ping: 1 })).toMatchObject({ ok: 1 });
  });
});

describe('framing', () => {
  it('finds the messages however the bytes are cut', () => {
    const stream = Buffer.concat([PING, PING, PING]);
    for (let size = 1; size < stream.length; size += 7) {
      const reader = new FrameReader();
      const found: Buffer[] = [];
      for (let at = 0; at < stream.length; at += size)
        found.push(...reader.push(stream.subarray(at, at + size)));
      expect(found.map((frame) => frame.equals(PING))).toEqual([true, true, true]);
    }
  });

  it('reads document sequences into the command', () => {
    const first = encode({ a: int(1) });
    const body = encode({ insert: 'x', $db: 'd' });
    const sequence = Buffer.concat([Buffer.alloc(4), Buffer.from('documents\0'), first, first]);
    sequence.writeInt32LE(sequence.length, 0);
    const framed = frameReply(OP_MSG, 1, 0, Buffer.concat([body, Buffer.from([1]), sequence]));
    const request = parseMessage(framed);
    expect(request.sequences.get('documents')?.length).toBe(2);
    expect(request.command.documents).toEqual([{ a: int(1) }, { a: int(1) }]);
  });
});
