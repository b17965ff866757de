import type { Shortfall } from '../../model/types.ts';
import type { EdgeAlgorithm } from './algorithms.ts';

const NOBODY_COMES_BACK: Shortfall = {
  wish: 'edge.stickiness',
  why: 'no cookie leads back to a gateway that was found by DNS',
  substitute: 'a WebSocket that breaks may come back to another gateway',
};
const FIXED_LIMITS: Shortfall = {
  wish: 'edge.limits',
  why: 'its configuration reads no variables, and counts by address',
  substitute: 'limits are those written in the file; an IPv6 client is one address instead of a /64',
};
const LOSSES: Readonly<Record<'haproxy' | 'traefik' | 'nginx', readonly Shortfall[]>> = {
  haproxy: [],
  traefik: [
    {
      wish: 'edge.readiness',
      why: 'the gateways are one server to it, by their name',
      substitute: 'a single gateway is not asked whether it is ready, only the name as a whole',
    },
    NOBODY_COMES_BACK,
    {
      wish: 'edge.answers',
      why: 'it has no text of our own for what it refuses itself',
      substitute: 'refused paths answer 403, and limits answer without the error envelope',
    },
    FIXED_LIMITS,
    {
      wish: 'edge.connections',
      why: 'a kept connection would stay with one gateway for ever',
      substitute: 'a connection to the gateway is made for every request',
    },
  ],
  nginx: [
    {
      wish: 'edge.readiness',
      why: 'asking beforehand is a commercial part of it',
      substitute: 'a dead gateway costs an attempt until DNS forgets it',
    },
    NOBODY_COMES_BACK,
    { wish: 'edge.metrics', why: 'it speaks no format of Prometheus', substitute: 'counters at /status' },
    FIXED_LIMITS,
    {
      wish: 'edge.request-ids',
      why: 'it makes no UUID',
      substitute: 'request ids of its own are 32 hexadecimal digits',
    },
    { wish: 'edge.http2', why: 'TLS is set up for HTTP/1.1', substitute: 'TLS speaks HTTP/1.1 alone' },
  ],
};

/** What a kind of door cannot do of what was asked. */
export function edgeLosses(tier: keyof typeof LOSSES, algorithm: EdgeAlgorithm): Shortfall[] {
  const others = LOSSES[tier];
  if (tier === 'haproxy') return [...others];
  const shared = {
    wish: 'edge.algorithm',
    why: `${algorithm} was asked for, but it knows the gateways by their name alone`,
    substitute:
      'each request goes to one of the addresses of the DNS answer, whatever the algorithm is called',
  };
  return [shared, ...others];
}
