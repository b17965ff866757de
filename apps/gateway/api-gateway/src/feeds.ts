import { EVENTS_PROTOCOL } from '@lucid/contracts';
import { commonErrors } from '@lucid/errors';
import { TakenOver, type Upgrade, upgradeOf } from '@lucid/web-socket';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { WebSocket } from 'ws';
import { relayFeed } from './adapters/feed-relay.ts';
import type { FeedRefusal } from './adapters/feed-upstream.ts';
import type { ExposedRoute } from './domain/exposed-routes.ts';
import { feedAuthorization, isOwnOrigin } from './domain/feed-token.ts';
import { responseHeaders } from './domain/passed-headers.ts';
import { isUpstreamFailure, upstreamFailure } from './domain/upstream-failure.ts';
import type { Gateway } from './gateway.ts';

/** Feeds that one user may have open at one gateway: as many as people have windows, and no more. */
const MOST_PER_USER = 20;

const open = new WeakMap<Gateway, Map<string, number>>();

/**
 * Answers a request for a live feed: the service is asked first, and what it refuses is refused here in its words; only when it has
 * accepted, the client is.
 */
export async function answerFeed(
  request: FastifyRequest,
  reply: FastifyReply,
  route: ExposedRoute,
  gateway: Gateway,
  headers: Record<string, string>,
): Promise<FastifyReply> {
  const upgrade = upgradeOf(request.raw);
  const { origin } = request.headers;
  if (!isOwnOrigin(request.headers) && !gateway.cors.answer(origin)) throw commonErrors.NOT_PERMITTED();
  const done = takePlace(gateway, request.user?.id ?? '');
  try {
    const gone = new AbortController();
    reply.raw.once('close', () => gone.abort(new Error('the client went away')));
    const asked = { ...headers, 'x-request-id': request.id };
    const opened = await gateway.feeds.open(route.service, request.raw.url ?? '/', asked, gone.signal);
    if (!(opened instanceof WebSocket)) {
      done();
      return refuse(opened, route, reply);
    }
    void serve(upgrade, opened, request, gateway).finally(done);
    return new TakenOver().sendBy(reply);
  } catch (error) {
    done();
    throw error;
  }
}

async function serve(
  upgrade: Upgrade,
  upstream: WebSocket,
  request: FastifyRequest,
  gateway: Gateway,
): Promise<void> {
  const client = await upgrade.accept(EVENTS_PROTOCOL);
  if (!client) return upstream.terminate();
  const authorization = feedAuthorization(request.headers);
  const checkToken = async () => (await gateway.users.verify(authorization)).expiresMs;
  await relayFeed({ client, upstream, clock: gateway.clock, checkToken, stopping: gateway.feeds.stopping });
}

function refuse(
  { status, headers, body }: FeedRefusal,
  route: ExposedRoute,
  reply: FastifyReply,
): FastifyReply {
  if (isUpstreamFailure(status)) throw upstreamFailure(route.service, status, body, headers['retry-after']);
  return reply.code(status).headers(responseHeaders(headers)).send(body);
}

/** @returns gives the place back, once. @throws RATE_LIMITED */
function takePlace(gateway: Gateway, userId: string): () => void {
  const places = open.get(gateway) ?? new Map<string, number>();
  open.set(gateway, places);
  const taken = places.get(userId) ?? 0;
  if (taken >= MOST_PER_USER)
    throw commonErrors.RATE_LIMITED({ message: 'Too many live feeds.', headers: { 'retry-after': '5' } });
  places.set(userId, taken + 1);
  gateway.instruments.lucid_gateway_feeds_open.inc();
  let isDone = false;
  return () => {
    if (isDone) return;
    isDone = true;
    gateway.instruments.lucid_gateway_feeds_open.dec();
    const left = (places.get(userId) ?? 1) - 1;
    if (left > 0) places.set(userId, left);
    else places.delete(userId);
  };
}
