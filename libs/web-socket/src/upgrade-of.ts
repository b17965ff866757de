import { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { commonErrors } from '@lucid/errors';
import { waitingUpgrade } from './accept-upgrades.ts';
import type { Upgrade } from './upgrade.ts';

/**
 * The WebSocket a call asks for.
 * @param request `call.bytes` of the handler, or Fastify's `request.raw`
 * @throws UPGRADE_REQUIRED when it asks for none
 */
export function upgradeOf(request: Readable): Upgrade {
  const upgrade = request instanceof IncomingMessage ? waitingUpgrade(request) : undefined;
  if (!upgrade) throw commonErrors.UPGRADE_REQUIRED();
  return upgrade;
}
