import { createServer, type Server, type Socket } from 'node:net';
import { Binary, type Document, deserialize, serialize } from 'bson';
import { type ScramAnswer, scramServer } from './scram-server.ts';
import type { SimulatedSet } from './simulated-set.ts';

const OP_REPLY = 1;
const OP_QUERY = 2004;
const OP_MSG = 2013;

/**
 * Puts members of a simulated set on the network, so that the official driver talks to them: handshake by OP_QUERY,
 * commands by OP_MSG, login by SCRAM-SHA-256. Each listens on the address that it is called by.
 */
export async function listenAsSet(set: SimulatedSet): Promise<{ close(): Promise<void> }> {
  const hosts = [...set.members.keys()];
  const sockets = new Set<Socket>();
  const servers = await Promise.all(
    hosts.map(async (host) => {
      const server = createServer((socket) => {
        sockets.add(socket);
        socket.on('error', () => socket.destroy()); // the driver hangs up as it likes
        serve(socket, host, set);
      });
      const [address = '', port = ''] = host.split(':');
      await new Promise<void>((resolve) => server.listen(Number(port), address, resolve));
      return server;
    }),
  );
  const time = setInterval(() => set.tick(), 50);
  return {
    close: async () => {
      clearInterval(time);
      for (const socket of sockets) socket.destroy();
      await Promise.all(servers.map((server: Server) => new Promise((resolve) => server.close(resolve))));
    },
  };
}

function serve(socket: Socket, host: string, set: SimulatedSet): void {
  const connection = new Connection(host, set);
  let buffered = Buffer.alloc(0);
  socket.on('data', async (piece: Buffer) => {
    buffered = Buffer.concat([buffered, piece]);
    while (buffered.length >= 4 && buffered.length >= buffered.readInt32LE(0)) {
      const frame = buffered.subarray(0, buffered.readInt32LE(0));
      buffered = buffered.subarray(frame.length);
      const isQuery = frame.readInt32LE(12) === OP_QUERY;
      const start = isQuery ? frame.indexOf(0, 20) + 9 : 21;
      const answer = await connection.answer(deserialize(frame.subarray(start)));
      socket.write(isQuery ? reply(frame.readInt32LE(4), answer) : message(frame.readInt32LE(4), answer));
    }
  });
}

function header(size: number, to: number, code: number): Buffer {
  const bytes = Buffer.alloc(16);
  for (const [index, value] of [size + 16, 1, to, code].entries()) bytes.writeInt32LE(value, index * 4);
  return bytes;
}

function message(to: number, document: Document): Buffer {
  const body = Buffer.concat([Buffer.alloc(5), serialize(document)]);
  return Buffer.concat([header(body.length, to, OP_MSG), body]);
}

function reply(to: number, document: Document): Buffer {
  const body = Buffer.concat([Buffer.alloc(20), serialize(document)]);
  body.writeInt32LE(1, 16);
  return Buffer.concat([header(body.length, to, OP_REPLY), body]);
}

class Connection {
  private scram: ((payload: string) => ScramAnswer) | undefined;
  private isLoggedIn = false;
  private readonly host: string;
  private readonly set: SimulatedSet;

  constructor(host: string, set: SimulatedSet) {
    this.host = host;
    this.set = set;
  }

  async answer(command: Document): Promise<Document> {
    try {
      return await this.run(command);
    } catch (error) {
      const {
        code,
        codeName,
        message: errmsg,
      } = error as { code?: number; codeName?: string; message: string };
      return { ok: 0, errmsg, code: code ?? 1, codeName: codeName ?? 'InternalError' };
    }
  }

  private async run(command: Document): Promise<Document> {
    const [name = ''] = Object.keys(command);
    if (/^(hello|ismaster)$/i.test(name)) {
      const mechanisms = command.saslSupportedMechs ? { saslSupportedMechs: ['SCRAM-SHA-256'] } : {};
      const limits = { maxBsonObjectSize: 16_777_216, maxMessageSizeBytes: 48_000_000, minWireVersion: 0 };
      return { helloOk: true, ...limits, ...mechanisms, ...(await this.set.hello(this.host)) };
    }
    if (name === 'saslStart' || name === 'saslContinue') return this.login(name, command);
    if (name === 'endSessions' || name === 'ping') return { ok: 1 };
    if (!this.isLoggedIn)
      return { ok: 0, code: 13, codeName: 'Unauthorized', errmsg: `Command ${name} requires authentication` };
    return this.set.command(this.host, command);
  }

  private login(name: string, command: Document): Document {
    if (name === 'saslStart') this.scram = scramServer(this.set.password);
    try {
      const payload = Buffer.from((command.payload as Binary).buffer).toString();
      const answer = this.scram?.(payload);
      if (answer === undefined || !this.set.member(this.host).hasRootUser) throw new Error('no such user');
      this.isLoggedIn = answer.isDone;
      return {
        conversationId: 1,
        done: answer.isDone,
        payload: new Binary(Buffer.from(answer.payload)),
        ok: 1,
      };
    } catch {
      // Whatever is wrong, a server tells strangers no more than this.
      return { ok: 0, code: 18, codeName: 'AuthenticationFailed', errmsg: 'Authentication failed.' };
    }
  }
}
