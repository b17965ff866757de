import type { EdgeAlgorithm } from './algorithms.ts';

const OF_NAMES = 'gateways are taken from DNS answers, whatever the algorithm is called';
const LOSSES = {
  haproxy: [],
  traefik: [
    'a single gateway is not asked whether it is ready, only the name as a whole',
    'a WebSocket that breaks may come back to another gateway',
    'refused paths answer 403 and limits answer without the error envelope',
    'limits cannot be changed by variables, and IPv6 clients are counted by address instead of /64',
    'a connection to the gateway is made for every request',
  ],
  nginx: [
    'a gateway is not asked whether it is ready; a dead one costs an attempt until DNS forgets it',
    'a WebSocket that breaks may come back to another gateway',
    'no metrics in Prometheus’ format',
    'limits cannot be changed by variables, and IPv6 clients are counted by address instead of /64',
    'request ids of its own are 32 hexadecimal digits instead of a UUID',
    'TLS speaks HTTP/1.1 alone',
  ],
} as const;

/** What a kind of door cannot do of what was asked, one sentence each. */
export function edgeLosses(tier: keyof typeof LOSSES, algorithm: EdgeAlgorithm): string[] {
  const losses: readonly string[] = LOSSES[tier];
  return tier === 'haproxy' ? [...losses] : [`${algorithm}: ${OF_NAMES}`, ...losses];
}
