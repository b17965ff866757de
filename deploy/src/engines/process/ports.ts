import { once } from 'node:events';
import { createServer } from 'node:net';
import { deployErrors } from '../../errors.ts';
import type { Endpoint } from './address-plan.ts';
import { portOwner } from './port-owner.ts';

export interface WantedPort extends Endpoint {
  /** Who is going to listen there. */
  readonly forWhom: string;
}

/** Tries to listen on every wanted port and throws one `port-taken` naming all that are not free. */
export async function requireFreePorts(wanted: readonly WantedPort[]): Promise<void> {
  const complaints = await Promise.all(wanted.map(complaintAbout));
  const taken = complaints.filter((complaint) => complaint !== undefined);
  if (taken.length > 0) throw deployErrors.portTaken(taken);
}

async function complaintAbout({ host, port, forWhom }: WantedPort): Promise<string | undefined> {
  const server = createServer();
  try {
    server.listen({ host, port, exclusive: true });
    await once(server, 'listening');
    return undefined;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    const owner = code === 'EADDRINUSE' ? portOwner(port) : undefined;
    const reason =
      code === 'EADDRINUSE' ? `is taken${owner ? ` by ${owner}` : ''}` : `cannot be used (${code})`;
    return `${host}:${port}, wanted for ${forWhom}, ${reason}`;
  } finally {
    server.close();
  }
}

/** Reads `host:port`. Throws `usage` for anything else. */
export function parseEndpoint(text: string): Endpoint {
  const [, host, port] = /^([^:\s]+|\[[0-9a-f:]+\]):(\d{1,5})$/i.exec(text) ?? [];
  if (!host || !port || Number(port) < 1 || Number(port) > 65_535) {
    throw deployErrors.usage(`not an address: ${text} (expected host:port, for example 127.0.0.1:9080)`);
  }
  return { host: host.replace(/^\[|\]$/g, ''), port: Number(port) };
}
