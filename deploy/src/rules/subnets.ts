import type { Rule } from './rule.ts';

export const subnets: Rule = {
  name: 'subnets',
  because: 'an address belongs to one network; an engine refuses a second one over the same addresses',
  check: ({ networks }) => [
    ...networks
      .filter(({ subnet }) => rangeOf(subnet) === undefined)
      .map(({ name, subnet }) => `${name} has no valid subnet: ${subnet}`),
    ...networks.flatMap((one, at) =>
      networks
        .slice(at + 1)
        .filter((other) => overlap(one.subnet, other.subnet))
        .map((other) => `${one.name} (${one.subnet}) and ${other.name} (${other.subnet}) overlap`),
    ),
  ],
};

/** First and last address as numbers; undefined when it is not `a.b.c.d/bits` with the host part zero. */
function rangeOf(subnet: string): { first: number; last: number } | undefined {
  const [, a, b, c, d, bits] = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(subnet) ?? [];
  const bytes = [a, b, c, d].map(Number);
  if (a === undefined || Number(bits) > 32 || bytes.some((byte) => byte > 255)) return undefined;
  const first = bytes.reduce((sum, byte) => sum * 256 + byte, 0);
  const size = 2 ** (32 - Number(bits));
  return first % size === 0 ? { first, last: first + size - 1 } : undefined;
}

function overlap(one: string, other: string): boolean {
  const [a, b] = [rangeOf(one), rangeOf(other)];
  return a !== undefined && b !== undefined && a.first <= b.last && b.first <= a.last;
}
