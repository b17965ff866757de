type Incoming = Readonly<Record<string, string | string[] | undefined>>;

/** Who the request is from, in the words the services believe only from the gateway. */
export interface Sender {
  address: string;
  user?: { id: string; role: string; loginSessionId: string } | undefined;
}

/**
 * Headers for the service: the listed ones of the client, and what the gateway knows. Nothing else of the client's gets through,
 * so nobody can pretend to be a user, a service or a proxy.
 */
export function requestHeaders(
  incoming: Incoming,
  passed: readonly string[],
  { address, user }: Sender,
): Record<string, string> {
  const headers: Record<string, string> = { 'x-forwarded-for': address };
  for (const name of passed) {
    const value = incoming[name];
    if (typeof value === 'string') headers[name] = value;
  }
  if (user) {
    headers['x-user-id'] = user.id;
    headers['x-user-role'] = user.role;
    headers['x-login-session-id'] = user.loginSessionId;
  }
  return headers;
}

/** RFC 9110, section 7.6.1; and what the gateway says itself or keeps to itself. */
const KEPT_BACK = new Set([
  'connection',
  'date',
  'keep-alive',
  'proxy-authenticate',
  'server',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'x-owner-address',
  'x-request-id',
]);

/** Headers of a service's answer for the client. */
export function responseHeaders(incoming: Incoming): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {};
  for (const name in incoming) {
    const value = incoming[name];
    if (value !== undefined && !KEPT_BACK.has(name)) headers[name] = value;
  }
  return headers;
}
