import { createSocket } from 'node:dgram';
import { decode, encode } from 'dns-packet';

export interface TinyDns {
  /** `ip:port`, for DNS_SERVERS. */
  address: string;
  close(): Promise<void>;
}

/** Answers every question for an A record with 127.0.0.1, so that services are called by their real names. */
export async function startDns(): Promise<TinyDns> {
  const socket = createSocket('udp4');
  socket.on('message', (message, from) => {
    const { id = 0, questions = [] } = decode(message);
    const answers = questions
      .filter(({ type }) => type === 'A')
      .map(({ name }) => ({ type: 'A' as const, name, ttl: 1, data: '127.0.0.1' }));
    socket.send(encode({ type: 'response', id, questions, answers }), from.port, from.address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${socket.address().port}`,
    close: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}
