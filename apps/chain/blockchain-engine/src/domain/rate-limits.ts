export interface GroupLimit {
  /** Paths below which it counts. */
  prefixes: readonly string[];
  perMinute: number;
  /** Most in one minute, when the minutes before were quieter. */
  burst: number;
}

/** What one user may ask for, by group of endpoints. Other services are held back by the mempool, not by these. */
export const GROUP_LIMITS = {
  chain: {
    prefixes: ['/api/v1/blockchain', '/api/v1/chain', '/api/v1/blocks', '/api/v1/integrity'],
    perMinute: 500,
    burst: 1000,
  },
  transactions: { prefixes: ['/api/v1/transactions'], perMinute: 100, burst: 200 },
  consensus: { prefixes: ['/api/v1/consensus'], perMinute: 200, burst: 400 },
  merkle: { prefixes: ['/api/v1/merkle'], perMinute: 300, burst: 600 },
} as const satisfies Record<string, GroupLimit>;

export type LimitGroup = keyof typeof GROUP_LIMITS;

/** @param path of the route, from the root */
export function limitGroupOf(path: string): LimitGroup | undefined {
  const groups = Object.entries(GROUP_LIMITS) as [LimitGroup, GroupLimit][];
  return groups.find(([, { prefixes }]) =>
    prefixes.some((prefix) => path === prefix || path.startsWith(`${prefix}/`)),
  )?.[0];
}
