import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { decode, encode } from 'dns-packet';

export interface LoopbackDns {
  /** `ip:port`, for DNS_SERVERS. */
  address: string;
  close(): Promise<void>;
}

/** A name server to which every name is 127.0.0.1: callers keep the names of services, whose tokens are made out to them. */
export async function startLoopbackDns(): Promise<LoopbackDns> {
  const socket = createSocket('udp4');
  socket.on('message', (message, from) => {
    const { id = 0, questions = [] } = decode(message);
    const answers = questions
      .filter(({ type }) => type === 'A')
      .map(({ name }) => ({ type: 'A' as const, name, ttl: 0, data: '127.0.0.1' }));
    socket.send(encode({ type: 'response', id, questions, answers }), from.port, from.address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    address: `127.0.0.1:${socket.address().port}`,
    close: async () => {
      socket.close();
      await once(socket, 'close');
    },
  };
}
