/**
 * How the door shares requests among the gateways.
 * - `round-robin`: one after the other.
 * - `least-connections`: to whom has the fewest open.
 * - `weighted`: in turn by weight; replicas weigh the same, and one that has just come grows to its full weight.
 * - `ip-hash`: a client's address decides, by division; a replica more or less moves nearly everybody.
 * - `consistent-hash`: a client's address decides, on a ring; a replica more or less moves only its own share.
 */
export const EDGE_ALGORITHMS = [
  'round-robin',
  'least-connections',
  'weighted',
  'ip-hash',
  'consistent-hash',
] as const;
export type EdgeAlgorithm = (typeof EDGE_ALGORITHMS)[number];
