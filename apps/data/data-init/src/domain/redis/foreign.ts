import { nameOf, type ReachedNode, viewOf } from './observation.ts';
import { rangesText, sharedSlot } from './slots.ts';

/** Why these nodes must not be joined, in one sentence; undefined when they may. */
export function belongsElsewhere(nodes: readonly ReachedNode[]): string | undefined {
  const ids = new Map(nodes.map((node) => [node.self.id, node]));
  for (const node of nodes) {
    const twin = ids.get(node.self.id);
    if (twin !== undefined && twin !== node)
      return `${nameOf(node)} and ${nameOf(twin)} lead to the same node`;
    for (const other of node.others) {
      if (ids.has(other.id) || other.isHandshake) continue;
      const stranger = `${other.id.slice(0, 8)}… at ${other.ip}:${other.port}`;
      const isPredecessor = nodes.some(({ ip, self }) => ip === other.ip && self.port === other.port);
      if (other.isConnected && !other.isFailing && !isPredecessor)
        return `${nameOf(node)} belongs to another cluster: it knows ${stranger}, which is none of the wanted nodes`;
      if (other.slots.length > 0 && heirOf(other.id, nodes) === undefined)
        return `the slots ${rangesText(other.slots)} belong to ${stranger}, which is gone: bring it back, or give up its data with CLUSTER FORGET on every node and run this again`;
    }
    if (node.self.isMaster && node.self.slots.length === 0 && node.keys > 0)
      return `${nameOf(node)} holds ${node.keys} keys but no slots: its data belongs to something else`;
  }
  return strangersWithSameSlots(nodes);
}

/** A replica that will be promoted in the place of a master that lost its data; undefined when none has to be waited for. */
export function awaitedHeir(nodes: readonly ReachedNode[]): string | undefined {
  const ids = new Set(nodes.map(({ self }) => self.id));
  const gone = nodes
    .flatMap(({ others }) => others)
    .find(({ id, slots }) => !ids.has(id) && slots.length > 0);
  const heir = gone && heirOf(gone.id, nodes);
  return heir && `${nameOf(heir)} has to take the place of its master, which is gone`;
}

const heirOf = (masterId: string, nodes: readonly ReachedNode[]): ReachedNode | undefined =>
  nodes.find(({ self }) => self.masterId === masterId);

/** Two nodes that claim a slot and have never met come from two clusters; to join them would lose one's data. */
function strangersWithSameSlots(nodes: readonly ReachedNode[]): string | undefined {
  const pair = rivals(nodes).find(({ one, other }) => !viewOf(one, other) && !viewOf(other, one));
  return (
    pair &&
    `${nameOf(pair.one)} and ${nameOf(pair.other)} both own slot ${pair.slot} and belong to different clusters`
  );
}

/** Two nodes of one cluster that claim a slot, as after a fail-over: they settle it themselves, by epoch. */
export function contestedSlot(nodes: readonly ReachedNode[]): string | undefined {
  const [pair] = rivals(nodes);
  return pair && `${nameOf(pair.one)} and ${nameOf(pair.other)} both claim slot ${pair.slot}`;
}

interface Rivals {
  readonly one: ReachedNode;
  readonly other: ReachedNode;
  readonly slot: number;
}

const rivals = (nodes: readonly ReachedNode[]): Rivals[] =>
  nodes.flatMap((one, index) =>
    nodes.slice(index + 1).flatMap((other) => {
      const slot = sharedSlot(one.self.slots, other.self.slots);
      return slot === undefined ? [] : [{ one, other, slot }];
    }),
  );
