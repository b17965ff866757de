import { lookup as lookupByOs } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import type { Address } from './address.ts';

/**
 * Turns `resolve` into what `net.connect({ lookup })` and the MongoDB driver take. Each call starts at another instance, so
 * that connections spread. A port cannot be given back here: the caller connects to the port it asked for.
 */
export function netLookup(resolve: (host: string) => Promise<readonly Address[]>): LookupFunction {
  let turn = 0;
  return (hostname, options, callback) => {
    if (hostname === 'localhost') return lookupByOs(hostname, options, callback);
    resolve(hostname).then(
      (addresses) => {
        const first = turn++ % addresses.length;
        const rotated = [...addresses.slice(first), ...addresses.slice(0, first)];
        const answers = rotated.map(({ host }) => ({ address: host, family: isIP(host) }));
        if (options.all) callback(null, answers);
        else callback(null, answers[0]?.address ?? '', answers[0]?.family ?? 0);
      },
      (error: Error) => callback((error.cause as NodeJS.ErrnoException | undefined) ?? error, []),
    );
  };
}
