import { act, type Decision, done, wait } from '../decision.ts';
import type { RedisAction } from './action.ts';
import type { NodeView } from './cluster-nodes.ts';
import { nameOf, type ReachedNode, viewOf } from './observation.ts';
import { rangesText } from './slots.ts';

/**
 * Introduces who is unknown, and again who has a new address: a container that comes back keeps its id (nodes.conf) but
 * not its address, and when all come back at once none can find the others by itself.
 */
export function nextMeeting(nodes: readonly ReachedNode[]): Decision<RedisAction> {
  const hub = nodes.find(({ self }) => self.slots.length > 0) ?? nodes[0];
  if (hub === undefined) return done;
  const needed = [
    ...nodes
      .filter((node) => node !== hub && viewOf(hub, node) === undefined)
      .map((node) => ({ at: hub, node })),
    ...nodes.flatMap((at) => nodes.filter((node) => hasMoved(at, node)).map((node) => ({ at, node }))),
  ];
  const pending = needed.find(({ at, node }) => !isBeingIntroduced(at, node));
  if (pending !== undefined) {
    const { at, node } = pending;
    const { port, busPort } = node.self;
    return act({ kind: 'meet', at: at.address, ip: node.ip, port, busPort, name: nameOf(node) });
  }
  const [waitedFor] = needed;
  return waitedFor === undefined
    ? done
    : wait(`${nameOf(waitedFor.node)} is being introduced to ${nameOf(waitedFor.at)}`);
}

function hasMoved(viewer: ReachedNode, node: ReachedNode): boolean {
  const view = viewOf(viewer, node);
  return view !== undefined && !view.isConnected && (view.ip !== node.ip || view.port !== node.self.port);
}

const isBeingIntroduced = (viewer: ReachedNode, node: ReachedNode): boolean =>
  viewer.others.some((it) => it.isHandshake && it.ip === node.ip && it.port === node.self.port);

/** Who does not reach whom yet; undefined when all know and reach each other. */
export const notReached = (nodes: readonly ReachedNode[]): string | undefined =>
  firstOfPairs(nodes, (viewer, node, view) => {
    if (view === undefined) return `${nameOf(viewer)} has not heard of ${nameOf(node)} yet`;
    return view.isHandshake || view.isFailing || !view.isConnected
      ? `${nameOf(viewer)} does not reach ${nameOf(node)} at ${view.ip} yet`
      : undefined;
  });

/** What the nodes do not agree on yet; undefined when each describes every other as that one describes itself. */
export const notAgreed = (nodes: readonly ReachedNode[]): string | undefined =>
  firstOfPairs(nodes, (viewer, { self, ...node }, view) => {
    if (rangesText(view?.slots ?? []) !== rangesText(self.slots))
      return `${nameOf(viewer)} does not know the slots of ${nameOf(node)} yet`;
    return view?.isMaster !== self.isMaster || view.masterId !== self.masterId
      ? `${nameOf(viewer)} does not know the role of ${nameOf(node)} yet`
      : undefined;
  });

function firstOfPairs(
  nodes: readonly ReachedNode[],
  problem: (viewer: ReachedNode, node: ReachedNode, view: NodeView | undefined) => string | undefined,
): string | undefined {
  for (const viewer of nodes)
    for (const node of nodes) {
      const found = viewer === node ? undefined : problem(viewer, node, viewOf(viewer, node));
      if (found !== undefined) return found;
    }
  return undefined;
}
