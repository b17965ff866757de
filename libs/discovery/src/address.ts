import { isIP } from 'node:net';

/** Where one instance listens. `host` is an IP address, or `localhost`. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** What DNS says: SRV records know the port, A records do not. */
export interface Found {
  readonly host: string;
  readonly port?: number;
}

/** A host that needs no question: `127.0.0.1`, `[::1]`, `localhost`. Undefined for names. */
export function literalHost(host: string): string | undefined {
  const bare = host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host;
  return isIP(bare) !== 0 || bare === 'localhost' ? bare : undefined;
}

const byPlace = (left: Found, right: Found): number =>
  left.host < right.host ? -1 : left.host > right.host ? 1 : (left.port ?? 0) - (right.port ?? 0);

/** DNS servers shuffle their answers; sorted and without doubles, equal answers are equal lists. */
export function canonical(found: readonly Found[]): readonly Found[] {
  const sorted = found.toSorted(byPlace);
  return sorted.filter((each, index) => {
    const before = sorted[index - 1];
    return before === undefined || byPlace(before, each) !== 0;
  });
}

/** Both lists canonical. */
export const sameFound = (left: readonly Found[], right: readonly Found[]): boolean =>
  left.length === right.length &&
  left.every((each, index) => {
    const other = right[index];
    return other !== undefined && byPlace(each, other) === 0;
  });
