import type { HttpRequest } from './http-request.ts';

/** RFC 9110, section 7.6.1: they belong to one connection. `expect` is not supported, `host` is set by us. */
const DROPPED = new Set([
  'connection',
  'expect',
  'host',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Names and values in turn, as undici likes them best. @param token makes a service token, only when one is needed */
export function requestHeaders(
  request: HttpRequest,
  host: string,
  token: (() => string) | undefined,
): string[] {
  const { headers = {}, requestId } = request;
  const list = ['host', host];
  let ownAuthorization = request.withoutCredentials === true;
  for (const name in headers) {
    const value = headers[name];
    const lower = name.toLowerCase();
    if (value === undefined || DROPPED.has(lower)) continue;
    if (requestId !== undefined && lower === 'x-request-id') continue;
    if (lower === 'authorization') ownAuthorization = true;
    list.push(lower, value);
  }
  if (token && !ownAuthorization) list.push('authorization', `Bearer ${token()}`);
  if (requestId !== undefined) list.push('x-request-id', requestId);
  return list;
}
