/** What a container is asked to try: connections, by node, which is all that our images have. */
import { NODE } from './inside.ts';

const WITHIN_MS = 2_000;
export const CONNECTED = 'connected';

/**
 * A command that prints a list with one word per address (`host:port`): `connected`, or why not. Names are asked of the
 * container's own DNS, which knows those on its networks, and with a deadline: the system's own lookup knows none.
 */
export function connectingCommand(addresses: readonly string[]): readonly string[] {
  const script = `const { connect, isIP } = require('net');
    const { Resolver } = require('dns').promises;
    const resolver = new Resolver({ timeout: ${WITHIN_MS}, tries: 1 });
    const reach = (host, port) => new Promise((resolve) => {
      const socket = connect(port, host);
      const end = (word) => { socket.destroy(); resolve(word); };
      socket.setTimeout(${WITHIN_MS}, () => end('no answer within ${WITHIN_MS} ms'));
      socket.on('connect', () => end('${CONNECTED}')).on('error', (error) => end(error.code ?? error.message));
    });
    const attempt = async (address) => {
      const [, host, port] = /^(.*):(\\d+)$/.exec(address) ?? [];
      if (!host) return 'no address';
      const hosts = isIP(host) ? [host] : await resolver.resolve4(host).catch((error) => [error]);
      const words = await Promise.all(hosts.map((each) => each.code ?? reach(each, Number(port))));
      return words.find((word) => word === '${CONNECTED}') ?? words[0];
    };
    Promise.all(${JSON.stringify(addresses)}.map(attempt)).then((words) => console.log(JSON.stringify(words)));`;
  return [NODE, '-e', script];
}
