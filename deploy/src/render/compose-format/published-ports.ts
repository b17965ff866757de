/** Ranges of published ports: cut among replicas of one host, and put together again. */
import type { PublishedPort } from '../../model/types.ts';

export const isRange = ({ port, lastPort }: PublishedPort): boolean => lastPort > port;

/** The share of replica `replica` of `replicas` (from 1): nearly equal, in order, nothing left over. */
export function sliceOf(range: PublishedPort, replica: number, replicas: number): PublishedPort {
  const count = range.lastPort - range.port + 1;
  const start = (before: number) => Math.floor((count * before) / replicas);
  const [from, to] = [start(replica - 1), start(replica)];
  return {
    ...range,
    port: range.port + from,
    lastPort: range.port + to - 1,
    target: range.target + from,
  };
}

/** Puts neighbours together: those that go on where another ends, on both sides. */
export function joinedRanges(ports: readonly PublishedPort[]): PublishedPort[] {
  const joined: PublishedPort[] = [];
  for (const port of [...ports].sort(byAddress)) {
    const last = joined.at(-1);
    if (last && follows(last, port)) joined[joined.length - 1] = { ...last, lastPort: port.lastPort };
    else joined.push(port);
  }
  return joined;
}

/** Whether `next` begins right behind `range`. */
export function follows(range: PublishedPort, next: PublishedPort): boolean {
  const length = range.lastPort - range.port + 1;
  const samePlace = next.host === range.host && next.protocol === range.protocol;
  return samePlace && next.port === range.lastPort + 1 && next.target === range.target + length;
}

function byAddress(a: PublishedPort, b: PublishedPort): number {
  const place = (port: PublishedPort) => `${port.host}/${port.protocol}`;
  return place(a) === place(b) ? a.port - b.port : place(a) < place(b) ? -1 : 1;
}
