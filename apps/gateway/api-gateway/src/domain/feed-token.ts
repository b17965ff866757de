import { BEARER_PROTOCOL, EVENTS_PROTOCOL } from '@lucid/contracts';

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/**
 * The Authorization of an upgrade: the header itself, or what a browser, which can set none, says as a subprotocol beside that of the
 * feed. Both are headers: neither gets into logs and histories, as a URL does.
 */
export function feedAuthorization(headers: Headers): string | undefined {
  const { authorization, 'sec-websocket-protocol': offered } = headers;
  if (typeof authorization === 'string') return authorization;
  if (typeof offered !== 'string') return undefined;
  const protocols = offered.split(',').map((protocol) => protocol.trim());
  const bearer = protocols.find((protocol) => protocol.startsWith(BEARER_PROTOCOL));
  if (bearer === undefined || !protocols.includes(EVENTS_PROTOCOL)) return undefined;
  return `Bearer ${bearer.slice(BEARER_PROTOCOL.length)}`;
}

/** Pages of other origins may not open feeds unless they may call at all; what is no page has no origin. */
export function isOwnOrigin(headers: Headers): boolean {
  const { origin, host } = headers;
  return (
    typeof origin !== 'string' ||
    (URL.canParse(origin) && new URL(origin).host === String(host).toLowerCase())
  );
}
