/** Who can reach whom where networks are the only fence: everybody on a network of its own who listens. */
interface Reachable {
  readonly name: string;
  readonly networks: readonly string[];
  readonly ports: readonly string[];
}

/** `caller -> callee`, sorted. */
export function reachableEdges(services: readonly Reachable[]): string[] {
  const edges = services.flatMap((caller) =>
    services
      .filter((callee) => callee !== caller && callee.ports.length > 0 && shareNetwork(caller, callee))
      .map((callee) => `${caller.name} -> ${callee.name}`),
  );
  return edges.sort();
}

const shareNetwork = (one: Reachable, other: Reachable): boolean =>
  one.networks.some((name) => other.networks.includes(name));
