/** A client below the driver: sends exactly the command it is given. */

import { once } from 'node:events';
import { connect } from 'node:net';
import { decode, encode } from '../../src/domain/bson/codec.ts';
import type { Doc } from '../../src/domain/bson/types.ts';
import { FrameReader } from '../../src/domain/wire/frame-reader.ts';
import { frameReply, OP_MSG } from '../../src/domain/wire/messages.ts';

/** An OP_MSG with one body. */
export function message(command: Doc, flags = 0): Buffer {
  const framed = frameReply(OP_MSG, 1, 0, encode(command));
  framed.writeUInt32LE(flags, 16);
  return framed;
}

/** One command on a connection of its own. @returns the answer, with BSON types kept */
export async function rawCommand(port: number, command: Doc): Promise<Doc> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write(message(command));
  const reader = new FrameReader();
  for await (const chunk of socket) {
    const [reply] = reader.push(chunk as Buffer);
    if (!reply) continue;
    socket.destroy();
    return decode(reply.subarray(21));
  }
  throw new Error('the server hung up');
}
