import { isAddress, plainAddress } from './client-address.ts';

/** Tells connections from the outside world from those of the inside, by the address they came in at. */
export interface PublishedAddress {
  isOutside(socket: { localAddress?: string | undefined; localPort?: number | undefined }): boolean;
}

const WILDCARDS = new Set(['0.0.0.0', '::', '[::]', '*']);

/**
 * With a published address, what came in there is from outside; with none, this process cannot tell, everything counts as inside
 * and whatever publishes the port has to refuse the inner paths.
 * @param published PUBLISH_ADDRESS, `ip:port`
 * @throws Error when the host is a name: only addresses can be compared
 */
export function publishedAddress(published: string | undefined): PublishedAddress {
  if (published === undefined) return { isOutside: () => false };
  const separator = published.lastIndexOf(':');
  const host = published.slice(0, separator).replace(/^\[|\]$/g, '');
  const port = Number(published.slice(separator + 1));
  const anyHost = WILDCARDS.has(host);
  if (!anyHost && !isAddress(host)) throw new Error('PUBLISH_ADDRESS must be ip:port');
  return {
    isOutside: ({ localAddress, localPort }) =>
      localPort === port && (anyHost || plainAddress(localAddress ?? '') === host),
  };
}
