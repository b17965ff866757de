/** Tries connections from inside a container, with nothing but what the images of ours have: node. */
import type { DockerCommand } from '../../../src/engines/containers/docker-command.ts';
import { NODE } from '../../../src/validate/inside.ts';
import { connectingCommand } from '../../../src/validate/isolation-attempts.ts';

/** `connected`, or why not: `ECONNREFUSED`, `ENETUNREACH`, `no answer within …`. */
export type Outcome = string;

/**
 * One outcome per address (`host:port`), all tried at once, as the validation of a running system tries them.
 * @throws Error when the container cannot run the attempt at all, which says nothing of what it could reach
 */
export async function connectionsFrom(
  docker: DockerCommand,
  container: string,
  addresses: readonly string[],
): Promise<Record<string, Outcome>> {
  const command = connectingCommand(addresses);
  const { exitCode, stdout, stderr } = await docker.capture(['exec', container, ...command]);
  if (exitCode !== 0) throw new Error(`${container} could not try: ${stderr || stdout}`);
  const words = JSON.parse(stdout) as readonly Outcome[];
  return Object.fromEntries(addresses.map((address, at) => [address, words[at] ?? 'not tried']));
}

/** First line a proxy answers a request for a tunnel with, and what came through the tunnel once it was open. */
export async function tunnelFrom(
  docker: DockerCommand,
  container: string,
  proxy: string,
  target: string,
): Promise<{ readonly status: string; readonly body: string }> {
  const { exitCode, stdout, stderr } = await docker.capture([
    'exec',
    container,
    NODE,
    '-e',
    tunnel(proxy, target),
  ]);
  if (exitCode !== 0) throw new Error(`${container} could not ask ${proxy}: ${stderr || stdout}`);
  return JSON.parse(stdout) as { status: string; body: string };
}

function tunnel(proxy: string, target: string): string {
  const [, host, port] = /^(.*):(\d+)$/.exec(proxy) ?? [];
  const head = `CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n\r\n`;
  const inside = `GET / HTTP/1.0\r\n\r\n`;
  return `const socket = require('net').connect(${port}, ${JSON.stringify(host)});
    let text = '', asked = false;
    const statusOf = () => text.split('\\r\\n')[0];
    const end = () => {
      const body = asked ? text.slice(text.lastIndexOf('\\r\\n\\r\\n') + 4) : '';
      process.stdout.write(JSON.stringify({ status: statusOf(), body }), () => process.exit(0));
    };
    socket.setTimeout(20000, () => { console.error('no answer'); process.exit(1); });
    socket.on('error', (error) => { console.error(error.code); process.exit(1); });
    socket.on('close', end).on('data', (bytes) => {
      text += bytes;
      if (asked || !text.includes('\\r\\n\\r\\n')) return;
      if (!/^HTTP\\S+ 200/.test(text)) return end();
      asked = true;
      socket.write(${JSON.stringify(inside)});
    });
    socket.write(${JSON.stringify(head)});`;
}
