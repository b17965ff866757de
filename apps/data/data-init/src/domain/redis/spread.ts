import type { ReachedNode } from './observation.ts';

const hostOf = (node: ReachedNode): string => node.address.host;

/**
 * The nodes that are, or shall be, masters: those that own slots, then from every host one, then from every host a
 * second one, and so on, so that a host that dies takes as few masters as possible, and replicas find another host.
 */
export function mastersFirst(
  nodes: readonly ReachedNode[],
  owners: readonly ReachedNode[],
  masters: number,
): ReachedNode[] {
  const free = nodes.filter((node) => !owners.includes(node) && node.self.isMaster);
  const chosen = [...owners];
  while (chosen.length < masters) {
    const load = (node: ReachedNode): number =>
      chosen.filter((other) => hostOf(other) === hostOf(node)).length;
    const next = free
      .filter((node) => !chosen.includes(node))
      .reduce<ReachedNode | undefined>(
        (best, node) => (best === undefined || load(node) < load(best) ? node : best),
        undefined,
      );
    if (next === undefined) return chosen;
    chosen.push(next);
  }
  return chosen;
}

export interface Pair {
  readonly master: ReachedNode;
  readonly replica: ReachedNode;
}

/**
 * Pairs masters with replicas so that as many pairs as possible are on two hosts (augmenting paths, Kuhn 1955); what is
 * left over is paired in order, on one host.
 */
export function matchHosts(masters: readonly ReachedNode[], spare: readonly ReachedNode[]): Pair[] {
  const masterOf = new Map<ReachedNode, ReachedNode>();
  const place = (master: ReachedNode, tried: Set<ReachedNode>): boolean =>
    spare.some((replica) => {
      if (hostOf(replica) === hostOf(master) || tried.has(replica)) return false;
      tried.add(replica);
      const holder = masterOf.get(replica);
      if (holder !== undefined && !place(holder, tried)) return false;
      masterOf.set(replica, master);
      return true;
    });
  for (const master of masters) place(master, new Set());
  const left = spare.filter((replica) => !masterOf.has(replica));
  for (const master of masters) {
    const replica = [...masterOf.values()].includes(master) ? undefined : left.shift();
    if (replica !== undefined) masterOf.set(replica, master);
  }
  return masters.flatMap((master) =>
    [...masterOf].filter(([, owner]) => owner === master).map(([replica]) => ({ master, replica })),
  );
}
