import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { createGatewayHttp } from '../src/gateway-http.ts';

const SILENCE_MS = 200;
const MIB = 1024 * 1024;

let server: Server;
const sockets = new Set<Socket>();
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  server.close();
  await once(server, 'close');
});

/** A door that takes connections and treats them as it is told, but never answers. */
async function silentDoor(treat: (socket: Socket) => void): Promise<string> {
  server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {}); // the other side has given up: what is tested
    treat(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function upload(baseUrl: string, bytes: number): Promise<unknown> {
  const http = createGatewayHttp(SILENCE_MS);
  const body = Readable.from(Array.from({ length: bytes / MIB }, () => Buffer.alloc(MIB)));
  try {
    return await http.request({ baseUrl, method: 'PATCH', path: '/stream', body });
  } finally {
    await http.close();
  }
}

describe('an upload to a door that has fallen silent', () => {
  it('ends when all was taken and no answer comes, so that it can go on elsewhere', async () => {
    const door = await silentDoor((socket) => socket.resume());
    await expect(upload(door, MIB)).rejects.toMatchObject({ key: 'UPSTREAM_UNREACHABLE' });
  });

  it('ends when no more of it is taken', async () => {
    const door = await silentDoor((socket) => socket.pause());
    await expect(upload(door, 64 * MIB)).rejects.toMatchObject({ key: 'UPSTREAM_UNREACHABLE' });
  });
});
