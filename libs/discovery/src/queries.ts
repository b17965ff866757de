import { lookup, Resolver } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { Found } from './address.ts';

/** Asks for all instances behind a name. @throws the resolver's error, with its `code` */
export type Query = (host: string) => Promise<readonly Found[]>;

export interface Queries {
  /** The way to ask for A records. */
  a: Query;
  /** The way to ask for SRV records (`_http._tcp.<host>`) and the addresses of their targets. */
  srv: Query;
  cancel(): void;
}

/** Our DNS servers are near: an answer that takes longer is not coming. */
const ATTEMPT_TIMEOUT_MS = 500;
const ATTEMPTS = 2;
/** `dns.lookup` holds one of libuv's four threads until it is done; file writes need them too. */
const MAX_OS_LOOKUPS = 2;
/** Answers that say there is no such name, unlike those that say nothing. */
const NO_SUCH_NAME = new Set(['ENOTFOUND', 'ENODATA']);

/** @param dnsServers `ip:port`; the operating system's resolver answers for A records when empty */
export function createQueries(dnsServers: readonly string[]): Queries {
  const resolver = new Resolver({ timeout: ATTEMPT_TIMEOUT_MS, tries: ATTEMPTS });
  if (dnsServers.length > 0) resolver.setServers([...dnsServers]);
  const fromServers: Query = async (host) => (await resolver.resolve4(host)).map((ip) => ({ host: ip }));
  const a = dnsServers.length > 0 ? fromServers : atMost(MAX_OS_LOOKUPS, fromOperatingSystem);
  return { a, srv: (host) => askSrv(resolver, a, host), cancel: () => resolver.cancel() };
}

/** IPv4 where there is any: an instance with two families must not count twice. */
const fromOperatingSystem: Query = async (host) => {
  const answers = await lookup(host, { all: true });
  const ipv4 = answers.filter(({ family }) => family === 4);
  return (ipv4.length > 0 ? ipv4 : answers).map(({ address }) => ({ host: address }));
};

/** Priorities and weights are not looked at: all instances are equal. */
async function askSrv(resolver: Resolver, a: Query, host: string): Promise<readonly Found[]> {
  const records = await resolver.resolveSrv(`_http._tcp.${host}`);
  const found = await Promise.all(
    records.map(async ({ name, port }) => (await targetHosts(a, name)).map((ip) => ({ host: ip, port }))),
  );
  return found.flat();
}

/** A target that is gone counts as none; one that could not be asked for fails the whole query. */
async function targetHosts(a: Query, target: string): Promise<string[]> {
  if (isIP(target) !== 0) return [target];
  try {
    return (await a(target)).map(({ host }) => host);
  } catch (error) {
    if (NO_SUCH_NAME.has((error as NodeJS.ErrnoException).code ?? '')) return [];
    throw error;
  }
}

function atMost(limit: number, query: Query): Query {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (host) => {
    if (running >= limit) await new Promise<void>((resolve) => waiting.push(resolve));
    else running++;
    try {
      return await query(host);
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running--;
    }
  };
}
