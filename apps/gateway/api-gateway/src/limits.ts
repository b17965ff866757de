import { commonErrors } from '@lucid/errors';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { clientAddress, limitKey } from './domain/client-address.ts';
import { rateLimitHeaders, type Tier, tierOf, type Verdict } from './domain/rate-limiter.ts';
import type { Gateway } from './gateway.ts';

/** Where the client is, proxies taken into account. */
export function addressOf(request: FastifyRequest, { trustedProxyHops }: Gateway): string {
  const header = request.headers['x-forwarded-for'];
  const remote = request.raw.socket.remoteAddress ?? '';
  return clientAddress(remote, typeof header === 'string' ? header : undefined, trustedProxyHops);
}

/** Counts the request for its user, or for its address while nobody is known. @throws RATE_LIMITED */
export async function limit(request: FastifyRequest, reply: FastifyReply, gateway: Gateway): Promise<void> {
  if (!gateway.limiter) return;
  const tier = tierOf(request.user?.role);
  const key = request.user?.id ?? limitKey(addressOf(request, gateway));
  apply(await gateway.limiter.take(tier, key), tier, reply, gateway);
}

/** @param account hash of the account that is signed in to @throws RATE_LIMITED */
export async function limitLogin(
  request: FastifyRequest,
  reply: FastifyReply,
  gateway: Gateway,
  account: string,
): Promise<void> {
  if (!gateway.limiter) return;
  const verdict = await gateway.limiter.takeLogin(`${limitKey(addressOf(request, gateway))} ${account}`);
  if (!verdict.allowed) apply(verdict, 'login', reply, gateway);
}

function apply(verdict: Verdict, tier: Tier | 'login', reply: FastifyReply, gateway: Gateway): void {
  reply.headers(rateLimitHeaders(verdict, gateway.clock.nowMs()));
  if (verdict.allowed) return;
  gateway.instruments.lucid_rate_limit_hits_total.inc({ tier });
  throw commonErrors.RATE_LIMITED();
}
