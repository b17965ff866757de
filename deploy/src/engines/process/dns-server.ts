/** The name server of the process engine: UDP, and TCP for long answers, on one loopback address. */
import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import dnsPacket from 'dns-packet';
import type { Endpoint } from './address-plan.ts';
import { answer, type NameTable, truncated, udpLimitBytes } from './dns-answers.ts';

export class DnsServer {
  readonly endpoint: Endpoint;
  readonly #udp: UdpSocket;
  readonly #tcp: Server;
  readonly #connections = new Set<Socket>();
  #table: NameTable = { services: [], found: [] };
  #asked = 0;

  private constructor(endpoint: Endpoint, udp: UdpSocket, tcp: Server) {
    this.endpoint = endpoint;
    this.#udp = udp;
    this.#tcp = tcp;
    udp.on('message', (message, peer) => {
      const reply = this.#reply(message, (query) => udpLimitBytes(query));
      if (reply) udp.send(reply, peer.port, peer.address);
    });
    udp.on('error', () => {}); // an answer that could not be delivered; the caller asks again
    tcp.on('connection', (socket) => this.#serve(socket));
  }

  /** Binds both sockets or throws the operating system's error (EADDRINUSE, EADDRNOTAVAIL). */
  static async listen(endpoint: Endpoint): Promise<DnsServer> {
    const udp = createSocket('udp4');
    const tcp = createServer();
    try {
      udp.bind({ address: endpoint.host, port: endpoint.port, exclusive: true });
      await once(udp, 'listening');
      tcp.listen({ host: endpoint.host, port: endpoint.port, exclusive: true });
      await once(tcp, 'listening');
      return new DnsServer(endpoint, udp, tcp);
    } catch (error) {
      udp.close();
      tcp.close();
      throw error;
    }
  }

  /** Replaces what is known; takes effect with the next query. */
  update(table: NameTable): void {
    this.#table = table;
  }

  async close(): Promise<void> {
    this.#udp.close();
    for (const socket of this.#connections) socket.destroy();
    this.#tcp.close();
    await once(this.#tcp, 'close');
  }

  #reply(message: Buffer, limitBytes: (query: dnsPacket.Packet) => number): Buffer | undefined {
    let query: dnsPacket.Packet;
    try {
      query = dnsPacket.decode(message);
    } catch {
      return undefined; // not DNS: nobody to answer
    }
    const reply = answer(query, this.#table, this.#asked++);
    const encoded = dnsPacket.encode(reply);
    return encoded.length <= limitBytes(query) ? encoded : dnsPacket.encode(truncated(reply));
  }

  /** RFC 1035, 4.2.2: each message is led by its length in two bytes. */
  #serve(socket: Socket): void {
    this.#connections.add(socket);
    let received = Buffer.alloc(0);
    socket.setTimeout(5_000, () => socket.destroy());
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#connections.delete(socket));
    socket.on('data', (data: Buffer) => {
      received = Buffer.concat([received, data]);
      while (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) {
        const end = 2 + received.readUInt16BE(0);
        const reply = this.#reply(received.subarray(2, end), () => 65_535);
        received = received.subarray(end);
        if (!reply) return void socket.destroy();
        const length = Buffer.alloc(2);
        length.writeUInt16BE(reply.length);
        socket.write(Buffer.concat([length, reply]));
      }
    });
  }
}
