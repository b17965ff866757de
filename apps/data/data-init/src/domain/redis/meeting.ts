import { act, type Decision, done, wait } from '../decision.ts';
import type { RedisAction } from './next-step.ts';
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

/** What the nodes do not agree on yet; undefined when all know, reach and describe each other alike. */
export function notConverged(nodes: readonly ReachedNode[]): string | undefined {
  for (const viewer of nodes)
    for (const node of nodes) {
      if (viewer === node) continue;
      const view = viewOf(viewer, node);
      if (view === undefined) return `${nameOf(viewer)} has not heard of ${nameOf(node)} yet`;
      if (view.isHandshake || view.isFailing || !view.isConnected)
        return `${nameOf(viewer)} does not reach ${nameOf(node)} at ${view.ip} yet`;
      if (rangesText(view.slots) !== rangesText(node.self.slots))
        return `${nameOf(viewer)} does not know the slots of ${nameOf(node)} yet`;
      if (view.isMaster !== node.self.isMaster || view.masterId !== node.self.masterId)
        return `${nameOf(viewer)} does not know the role of ${nameOf(node)} yet`;
    }
  return undefined;
}
