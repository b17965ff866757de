/** Names the process that listens on a port, so that "taken" comes with "by whom". Linux only; elsewhere undefined. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

const LISTEN = '0A'; // include/net/tcp_states.h

export function portOwner(port: number): string | undefined {
  if (process.platform !== 'linux') return undefined;
  const inodes = new Set(
    ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((table) => listeningInodes(table, port)),
  );
  if (inodes.size === 0) return undefined;
  for (const pid of safely(() => readdirSync('/proc'), []).filter((entry) => /^\d+$/.test(entry))) {
    const descriptors = safely(() => readdirSync(`/proc/${pid}/fd`), []);
    const owns = descriptors.some((fd) =>
      inodes.has(safely(() => readlinkSync(`/proc/${pid}/fd/${fd}`), '')),
    );
    if (owns)
      return `${safely(() => readFileSync(`/proc/${pid}/comm`, 'utf8').trim(), 'process')} (pid ${pid})`;
  }
  return undefined; // another user's process
}

function listeningInodes(table: string, port: number): string[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return safely(() => readFileSync(table, 'utf8'), '')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[1]?.endsWith(suffix) && fields[3] === LISTEN)
    .map((fields) => `socket:[${fields[9]}]`);
}

/** Processes come and go while they are looked at; what has gone simply has no answer. */
function safely<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch {
    return otherwise;
  }
}
