const MAPPED = '::ffff:';
const ADDRESS = /^(?:\d{1,3}(?:\.\d{1,3}){3}|(?=.*:)[0-9a-f:.]{2,45})$/i;

/** Looks like an IPv4 or IPv6 address. */
export const isAddress = (text: string): boolean => ADDRESS.test(text);

/** An IPv4 address that came in through an IPv6 socket, as itself. */
export const plainAddress = (address: string): string =>
  address.toLowerCase().startsWith(MAPPED) ? address.slice(MAPPED.length) : address;

/**
 * Where the request comes from. Each proxy appends the address it was called from, so with `hops` proxies in front the entry
 * that many places before the end is the first one nobody outside can have written.
 * @param remote address of the socket
 * @param forwardedFor the `X-Forwarded-For` header
 */
export function clientAddress(remote: string, forwardedFor: string | undefined, hops: number): string {
  if (hops === 0 || !forwardedFor) return plainAddress(remote);
  const chain = [...forwardedFor.split(',').map((entry) => entry.trim()), remote];
  const found = chain[Math.max(0, chain.length - 1 - hops)] ?? remote;
  return plainAddress(isAddress(found) ? found : remote);
}

/** What anonymous callers are counted by: the address, or for IPv6 its /64, which is what one customer is given. */
export function limitKey(address: string): string {
  if (!address.includes(':')) return address;
  const [head = '', tail = ''] = (address.split('%')[0] ?? '').split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === '' ? [] : tail.split(':');
  const zeros = address.includes('::') ? 8 - left.length - right.length : 0;
  const groups = [...left, ...Array<string>(Math.max(0, zeros)).fill('0'), ...right];
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}
