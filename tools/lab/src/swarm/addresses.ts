import { LabError } from '../errors.ts';

/** Every lab bridge is one of these, by number; the name is the claim on the number and its subnet. */
const BRIDGE_PREFIX = 'lucidlab';
export const MOST_SWARMS = 200;
export const MOST_NODES = 9;

/** Where the Swarm takes subnets for overlay networks from that name none. */
export const OVERLAY_POOL = '10.92.0.0/16';

export const bridgeName = (index: number): string => `${BRIDGE_PREFIX}${index}`;

/** The number in a lab bridge's name, `undefined` for any other interface (`lucidlab0n1` is a node's). */
export function bridgeIndex(name: string): number | undefined {
  const digits = new RegExp(`^${BRIDGE_PREFIX}(\\d{1,3})$`).exec(name)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** The machine's own address in a Swarm's subnet. */
export const hostAddress = (index: number): string => `10.91.${index}.1`;

/** A Swarm's subnet; the bridge has its first address. */
export const subnetOf = (index: number): string => `10.91.${index}.0/24`;

export type NodeRole = 'manager' | 'worker';

/** What a node is called and where it is, all of it decided by the numbers of Swarm and node. */
export interface NodePlan {
  /** From 1. */
  readonly number: number;
  readonly role: NodeRole;
  readonly hostName: string;
  readonly address: string;
  readonly netns: string;
  /** The machine's end of the cable; the node's end is eth0. */
  readonly veth: string;
  /** Fixed, so that the neighbours of a node that comes back need not learn a new one. */
  readonly mac: string;
}

/** @throws LabError USAGE when so many nodes or managers cannot be */
export function planNodes(index: number, nodes: number, managers: number): NodePlan[] {
  if (!Number.isInteger(nodes) || nodes < 1 || nodes > MOST_NODES)
    throw new LabError('USAGE', `a Swarm of the lab has 1 to ${MOST_NODES} nodes, not ${nodes}`);
  if (!Number.isInteger(managers) || managers < 1 || managers > nodes)
    throw new LabError('USAGE', `of ${nodes} nodes 1 to ${nodes} can be managers, not ${managers}`);
  return Array.from({ length: nodes }, (_, position) => {
    const number = position + 1;
    return {
      number,
      role: number <= managers ? 'manager' : 'worker',
      hostName: `lucid-node-${number}`,
      address: `10.91.${index}.${10 + number}`,
      netns: `${bridgeName(index)}-${number}`,
      veth: `${bridgeName(index)}n${number}`,
      mac: `02:4c:55:00:${index.toString(16).padStart(2, '0')}:${number.toString(16).padStart(2, '0')}`,
    };
  });
}

/**
 * The bridge's hardware address says whose it is, atomically with its creation: `02:` marks it as locally
 * administered, `4c` as the lab's, the rest is the home's key.
 */
export function ownerMac(key: string): string {
  return `02:4c:${(key.match(/../g) ?? []).join(':')}`;
}

function range(cidr: string): readonly [number, number] {
  const [address = '', prefix = '32'] = cidr.split('/');
  const number = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const size = 2 ** (32 - Number(prefix));
  const first = Math.floor(number / size) * size;
  return [first, first + size - 1];
}

/** Whether two IPv4 ranges in prefix notation share an address. */
export function overlaps(one: string, other: string): boolean {
  const [firstOfOne, lastOfOne] = range(one);
  const [firstOfOther, lastOfOther] = range(other);
  return firstOfOne <= lastOfOther && firstOfOther <= lastOfOne;
}

/** The destinations of `ip -4 route`, without the default and what a lab bridge has. */
export function routedRanges(ipRoute: string): string[] {
  return ipRoute.split('\n').flatMap((line) => {
    const destination = /^(?:unreachable |blackhole |prohibit )?(\d+\.\d+\.\d+\.\d+(?:\/\d+)?) /.exec(
      line,
    )?.[1];
    const device = / dev (\S+)/.exec(line)?.[1] ?? '';
    return destination === undefined || bridgeIndex(device) !== undefined ? [] : [destination];
  });
}
